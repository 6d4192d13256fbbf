"""Lab 2, weight penalties: the tests that grade."""

import numpy as np
import pytest
from oracles_regularizers import penalty_gradients, penalty_of

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.2")


def copies(params):
    """The same arrays once more."""
    return {name: array.copy() for name, array in params.items()}


def network(rng, biases=True):
    """Arrays of a network with a convolution, a dense layer and a single row of scales; no element is near 0."""
    shapes = {"conv.weight": (4, 3, 2, 5), "fc.weight": (7, 2), "scale.weight": (6,)}
    shapes |= {"conv.bias": (4, 1, 1), "fc.bias": (2,)} if biases else {}
    return {name: rng.choice([-1, 1], size=shape) * rng.uniform(0.1, 2.0, size=shape) for name, shape in shapes.items()}


def penalty(student, params, l1, l2):
    """The student's loss and gradients, which must have a name and a shape for every array."""
    result = student.penalty(copies(params), l1, l2)
    check(isinstance(result, tuple | list) and len(result) == 2, "the result is not a pair: loss, grads")
    loss, grads = result
    assert_shape(loss, (), "loss", "one number for all weights together")
    check(isinstance(grads, dict), "grads is not a dictionary with the names of params")
    check(set(grads) == set(params), "grads does not have exactly the names of params, those of biases too")
    for name, array in params.items():
        assert_shape(grads[name], array.shape, f'grads["{name}"]', "the shape of the array it belongs to")
    return loss, grads


def check_penalty(student, params, l1, l2):
    """Loss and all gradients against the oracle."""
    loss, grads = penalty(student, params, l1, l2)
    assert_close(loss, penalty_of(params, l1, l2), what="loss", rule="l1 * sum of |w| + l2 * sum of w^2, no biases")
    for name, gradient in penalty_gradients(params, l1, l2).items():
        assert_close(grads[name], gradient, what=f'grads["{name}"]', rule="l1 * sign of w + 2 * l2 * w; 0 for a bias")


@weight(2)
@hint("The derivative of l2 * w^2 is 2 * l2 * w; the sum goes over all elements of all arrays.")
def test_squares(student, rng):
    """With l2 alone: l2 times the sum of squares over several arrays, and 2 * l2 * w."""
    for l2 in (0.3, 7.0):
        check_penalty(student, network(rng, biases=False), 0.0, l2)


@weight(2)
@hint("The derivative of l1 * |w| is l1 for a positive and -l1 for a negative weight.")
def test_absolute_values(student, rng):
    """With l1 alone: l1 times the sum of absolute values over several arrays, and l1 times the signs."""
    for l1 in (0.3, 7.0):
        check_penalty(student, network(rng, biases=False), l1, 0.0)


@weight(1.5)
@hint("Both penalties are there at once, each with its own factor.")
def test_both_together(student, rng):
    """With both factors, losses and gradients add up."""
    for l1, l2 in [(0.4, 0.03), (0.02, 3.0)]:
        check_penalty(student, network(rng), l1, l2)


@weight(1.5)
@hint('Ask the name, name.endswith("bias"), not the number of axes: there are biases with three and weights with one.')
def test_the_name_decides_what_is_a_bias(student, rng):
    """What ends in "bias" is free, whatever its shape; everything else is penalised, wherever "bias" stands in it."""
    names = ["bias", "layers.0.bias", "bias.weight", "debiased.scale", "w", "b2.weight", "norm_bias"]
    shapes = [(3,), (2, 1, 1), (4, 2), (5,), (1, 3), (2,), (2, 2)]
    check_penalty(student, {n: 1.0 + rng.random(s) for n, s in zip(names, shapes, strict=True)}, 0.4, 0.3)


@hint("w / abs(w) is 0 / 0 there. np.sign(0) is 0, which is as right as anything from -1 to 1.")
def test_weights_of_zero(student, rng):
    """A weight of 0 costs nothing; its gradient is between -l1 and l1, and disturbs no other one."""
    params = network(rng)
    params["fc.weight"][2:5] = 0.0
    loss, grads = penalty(student, params, 0.4, 0.3)
    assert_close(loss, penalty_of(params, 0.4, 0.3), what="loss", rule="0 for a weight of 0")
    gradient, expected = as_array(grads["fc.weight"]), penalty_gradients(params, 0.4, 0.3)["fc.weight"]
    at_zero = np.abs(gradient[2:5])
    check(np.isfinite(at_zero).all(), "the gradient at a weight of 0 is NaN or infinite")
    check((at_zero <= 0.4 * (1 + 1e-6)).all(), "the gradient at a weight of 0 is larger than l1")
    where = [0, 1, 5, 6]
    assert_close(gradient[where], expected[where], what="the gradient at the other weights of the same array")


@hint("np.sign(w) knows no small and large; w / (abs(w) + eps) does.")
def test_small_and_large_weights_are_pushed_alike(student, rng):
    """The l1 gradient has the same size for weights of 0.0001 and of 10,000."""
    sizes = 10.0 ** np.array([-4, -3, -2, -1, 0, 1, 2, 3, 4])
    check_penalty(student, {"w": sizes * rng.choice([-1, 1], size=(3, 9))}, 0.7, 0.0)


@hint("Start from a loss of 0.0 and an empty dictionary; then nothing is special.")
@pytest.mark.parametrize("params", [{}, {"only.bias": np.ones((2, 3))}], ids=["no_arrays", "only_a_bias"])
def test_nothing_to_penalise(student, params):
    """A network without weights costs 0."""
    loss, grads = penalty(student, params, 0.4, 0.3)
    assert_close(loss, 0.0, what="loss", rule="0 without weights")
    for name, array in params.items():
        assert_close(grads[name], np.zeros(array.shape), what=f'grads["{name}"]', rule="0 for a bias")


@hint("Give every name an array of its own, made anew: the optimizer may change it in place.")
def test_gradients_are_new_arrays(student, rng):
    """Neither params nor another gradient changes when a gradient is changed, also with factors of 0."""
    for l1, l2 in [(0.4, 0.3), (0.0, 0.5), (0.0, 0.0)]:
        params = network(rng)
        before = copies(params)
        _, grads = student.penalty(params, l1, l2)
        check(isinstance(grads, dict) and set(grads) == set(params), "grads does not have exactly the names of params")
        for name in params:
            assert_equal(params[name], before[name], what=f'params["{name}"] after the call', rule="as before")
        expected = penalty_gradients(before, l1, l2)
        for name in grads:
            assert_close(grads[name], expected[name], what=f'grads["{name}"]', rule="with memory of its own")
            own = isinstance(grads[name], np.ndarray) and grads[name].flags.writeable
            check(own, f'grads["{name}"] is not an array that may be written to')
            grads[name][...] = 99.0
        for name in params:
            assert_equal(params[name], before[name], what=f'params["{name}"] in the end', rule="as before")

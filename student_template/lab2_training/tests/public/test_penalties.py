"""Lab 2, weight penalties: the tests that you have."""

import numpy as np

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.2")

PARAMS = {
    "hidden.weight": np.array([[1.0, -2.0], [0.0, 3.0], [-1.0, 4.0]]),
    "hidden.bias": np.array([5.0, -6.0]),
    "out.weight": np.array([[-2.0], [1.0]]),
    "out.bias": np.array([7.0]),
}


def copies(params):
    """The same arrays once more."""
    return {name: array.copy() for name, array in params.items()}


def penalty(student, params, l1, l2):
    """The student's loss and gradients, which must have a name and a shape for every array."""
    result = student.penalty(copies(params), l1, l2)
    check(isinstance(result, tuple | list) and len(result) == 2, "the result is not a pair: loss, grads")
    loss, grads = result
    check(isinstance(grads, dict), "grads is not a dictionary with the names of params")
    assert_equal(sorted(grads), sorted(params), what="the names in grads", rule="those of params, biases too")
    for name, array in params.items():
        assert_shape(grads[name], array.shape, f'grads["{name}"]', "the shape of the array it belongs to")
    return loss, grads


@hint("l2 * np.square(w).sum(), added up over all weights; no mean, no half, no root.")
def test_squares_of_the_worked_example(student):
    """With l2 alone, the loss is l2 times the sum of squared weights, and the gradient is 2 * l2 * w."""
    loss, grads = penalty(student, PARAMS, 0.0, 0.25)
    assert_close(loss, 9.0, what="loss", rule="l2 * sum of squares, biases left out")
    assert_close(
        grads["hidden.weight"], np.array([[0.5, -1.0], [0.0, 1.5], [-0.5, 2.0]]), what='grads["hidden.weight"]'
    )
    assert_close(grads["out.weight"], np.array([[-1.0], [0.5]]), what='grads["out.weight"]', rule="2 * l2 * w")


@hint("l1 * np.abs(w).sum() and l1 * np.sign(w): the push has the same size for all weights, and each one's sign.")
def test_absolute_values_of_the_worked_example(student):
    """With l1 alone, the loss is l1 times the sum of absolute weights, and the gradient is l1 times their signs."""
    loss, grads = penalty(student, PARAMS, 0.5, 0.0)
    assert_close(loss, 7.0, what="loss", rule="l1 * sum of absolute values, biases left out")
    gradient = as_array(grads["hidden.weight"])
    check(abs(gradient[1, 0]) <= 0.5, "the gradient at a weight of 0 is larger than l1")
    signs = np.array([0.5, -0.5, 0.5, -0.5, 0.5])  # all but the one at 0
    assert_close(gradient[[0, 0, 1, 2, 2], [0, 1, 1, 0, 1]], signs, what="the gradient where w is not 0", rule="+-l1")
    assert_close(grads["out.weight"], np.array([[-0.5], [0.5]]), what='grads["out.weight"]', rule="l1 * sign of w")


@hint('Where name.endswith("bias"), add nothing to the loss, and give zeros of the array\'s shape.')
def test_biases_are_free(student):
    """What the biases are changes nothing, and their gradients are 0."""
    other = PARAMS | {"hidden.bias": np.array([50.0, 60.0]), "out.bias": np.array([-70.0])}
    for params in (PARAMS, other):
        loss, grads = penalty(student, params, 0.5, 0.25)
        assert_close(loss, 16.0, what="loss", rule="without the biases")
        for name in ("hidden.bias", "out.bias"):
            assert_close(grads[name], np.zeros_like(params[name]), what=f'grads["{name}"]', rule="0")


@weight(0.5)
@hint("`w *= 2` changes the caller's weights; `2 * w` makes a new array.")
def test_params_are_not_changed(student):
    """The dictionary and its arrays are what they were before."""
    params = copies(PARAMS)
    loss, _ = student.penalty(params, 0.5, 0.25)
    check(float(as_array(loss, "loss").sum()) > 0, "the penalty of these weights is not above 0")
    assert_equal(list(params), list(PARAMS), what="the names in params after the call", rule="as they were before")
    for name, before in PARAMS.items():
        assert_equal(params[name], before, what=f'params["{name}"] after the call', rule="as it was before")

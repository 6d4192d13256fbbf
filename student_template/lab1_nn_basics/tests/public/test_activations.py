"""Lab 1, activation functions: the tests that you have."""

import numpy as np
import pytest

from autograder.testing import as_array, assert_close, assert_equal, assert_gradient, hint, question, unpack, weight

pytestmark = question("1.4")

INPUT = np.array([[-2.0, -0.5, 0.5], [1.0, 3.0, -1.0]])
OPTIONS = {"leaky_relu": {"negative_slope": 0.1}, "elu": {"alpha": 2.0}, "maxout": {"pieces": 3}}
VALUES = {
    "step": [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]],
    "sigmoid": [[0.119203, 0.377541, 0.622459], [0.731059, 0.952574, 0.268941]],
    "tanh": [[-0.964028, -0.462117, 0.462117], [0.761594, 0.995055, -0.761594]],
    "relu": [[0.0, 0.0, 0.5], [1.0, 3.0, 0.0]],
    "leaky_relu": [[-0.2, -0.05, 0.5], [1.0, 3.0, -0.1]],
    "elu": [[-1.729329, -0.786939, 0.5], [1.0, 3.0, -1.264241]],
    "maxout": [[0.5], [3.0]],  # one group of three numbers in each row
}
NAMES = sorted(VALUES)


def run_forward(student, name, x, options):
    """out and cache; your function gets a copy of x."""
    return unpack(student.forward(name, x.copy(), **options), 2, "out, cache")


@pytest.mark.parametrize("name", NAMES)
@hint("Compare the table in the docstring with your code, number by number.")
def test_values(student, name):
    """forward gives the values of the table, for six numbers."""
    out, _ = run_forward(student, name, INPUT, OPTIONS.get(name, {}))
    assert_close(out, np.array(VALUES[name]), atol=1e-6, what=f"out of {name}")  # six digits are given


@pytest.mark.parametrize("name", NAMES)
@hint("The derivative is taken at x, or written in terms of out; check which of the two your formula means.")
def test_gradient(student, name, rng):
    """backward gives the derivative of your own, right forward, times the gradient that arrives."""
    x, options = rng.permutation(np.linspace(-2.0, 2.0, 30)).reshape(5, 6), OPTIONS.get(name, {})  # 0 is not among them
    known, _ = run_forward(student, name, INPUT, options)
    assert_close(known, np.array(VALUES[name]), atol=1e-6, what=f"out of {name}", rule="looked at first")
    out, cache = run_forward(student, name, x, options)
    dout = rng.normal(size=np.shape(out))

    def total(values):
        return np.sum(as_array(run_forward(student, name, values, options)[0], "out") * dout)

    dx = student.backward(name, dout.copy(), cache)
    assert_gradient(total, x, dx, rng=rng, what=f"dx of {name}", rule="dout times the derivative at x")


@hint("The slope is an argument: use negative_slope, forward and backward, and no number of your own.")
def test_two_slopes(student):
    """Leaky ReLU takes the slopes 0.01 and 0.1 from its option."""
    for slope in (0.01, 0.1):
        out, cache = run_forward(student, "leaky_relu", np.array([-3.0, 2.0]), {"negative_slope": slope})
        assert_close(out, np.array([-3.0 * slope, 2.0]), what="out", rule=f"negative_slope = {slope}")
        dx = student.backward("leaky_relu", np.array([10.0, 10.0]), cache)
        assert_close(dx, np.array([10.0 * slope, 10.0]), what="dx", rule=f"negative_slope = {slope}")


@hint("A group is `pieces` neighbours of the last axis; the gradient goes to the largest of them and to no other.")
def test_maxout_by_hand(student):
    """Maxout with two pieces takes the larger of each pair of neighbours, and gives the gradient to it."""
    x = np.array([[1.0, 4.0, -2.0, -5.0], [3.0, 0.0, 7.0, 8.0]])
    out, cache = run_forward(student, "maxout", x, {"pieces": 2})
    assert_close(out, np.array([[4.0, -2.0], [3.0, 8.0]]), what="out", rule="the largest of each group")
    dx = student.backward("maxout", np.array([[10.0, 20.0], [30.0, 40.0]]), cache)
    expected = np.array([[0.0, 10.0, 20.0, 0.0], [30.0, 0.0, 0.0, 40.0]])
    assert_close(dx, expected, what="dx", rule="dout at the largest of each group, 0 elsewhere")


@weight(0.5)
@hint("Make new arrays: `x[x < 0] = 0` and `dout *= mask` change the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Neither x nor dout is changed by ReLU."""
    x, dout = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    x_before, dout_before = x.copy(), dout.copy()
    out, cache = unpack(student.forward("relu", x), 2, "out, cache")
    student.backward("relu", dout, cache)
    assert_close(out, np.where(x_before > 0, x_before, 0.0), what="out", rule="looked at first")
    assert_equal(x, x_before, what="x after forward", rule="as it was before")
    assert_equal(dout, dout_before, what="dout after backward", rule="as it was before")

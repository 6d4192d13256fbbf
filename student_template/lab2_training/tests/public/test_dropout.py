"""Lab 2, dropout: the tests that you have."""

import numpy as np

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.3")


def forward(student, x, p, train, seed):
    """The student's output as an array of x's shape, and the cache."""
    result = student.dropout_forward(x, p, train, student.rng(seed))
    check(isinstance(result, tuple | list) and len(result) == 2, "dropout_forward does not return a pair: out, cache")
    assert_shape(result[0], x.shape, "out", "the shape of x")
    return as_array(result[0], "out"), result[1]


@hint("p is the probability to drop: keep where a uniform random number is at least p.")
def test_the_fraction_that_is_dropped(student):
    """Of 100,000 elements, 20 % are dropped with p = 0.2, and 70 % with p = 0.7."""
    for p in (0.2, 0.7):
        out, _ = forward(student, np.ones((100, 1000)), p, True, seed=1)
        dropped = np.mean(out == 0)
        # 0.01 is more than 6.9 sigma: sigma is sqrt(p (1 - p) / 100,000), below 0.00145.
        check(abs(dropped - p) <= 0.01, "the fraction of zeros is not p", f"p = {p}: {dropped:.4f} are 0")


@hint("Divide what is kept by 1 - p, so that the layers after it see the same mean as in evaluation.")
def test_the_mean_is_kept(student):
    """What is kept is 1 / (1 - p) times as large, so that the mean stays what it was."""
    x = np.linspace(1.0, 3.0, 100_000).reshape(100, 1000)
    out, _ = forward(student, x, 0.2, True, seed=2)
    kept = out != 0
    assert_close(out[kept], x[kept] / 0.8, what="the kept elements", rule="x / (1 - p)", rtol=1e-5)
    # The mean of 100,000 elements of size 2 or 2.5 has a sigma below 0.004.
    check(abs(out.mean() - 2.0) <= 0.025, "the mean is not kept", f"before: 2, after: {out.mean():.4f}")


@hint("Without training there is nothing to do: hand x on, unscaled.")
def test_evaluation_changes_nothing(student):
    """Outside of training, the output is the input and the gradient goes through unchanged, whatever p is."""
    x = np.array([[1.0, -2.0, 0.0], [4.0, 5.0, -6.0]])
    dout = np.array([[0.5, 0.0, -1.0], [2.0, 3.0, 7.0]])
    for p in (0.0, 0.5, 1.0):
        out, cache = forward(student, x.copy(), p, False, seed=3)
        assert_close(out, x, what="out in evaluation", rule="x itself")
        assert_close(student.dropout_backward(dout.copy(), cache), dout, what="dx in evaluation", rule="dout itself")


@hint("Keep the mask (or better, the mask times the factor) in the cache, and use the very same one on the way back.")
def test_the_gradient_takes_the_same_way(student):
    """Dropped elements get no gradient, kept ones 1 / (1 - p) times the upstream one."""
    x = np.arange(1.0, 41.0).reshape(5, 8)
    dout = np.arange(-20.0, 20.0).reshape(5, 8) + 0.5
    out, cache = forward(student, x, 0.5, True, seed=4)
    check(bool((out != 0).any()), "with p = 0.5, none of 40 elements is kept")
    expected = np.where(out != 0, 2 * dout, 0.0)
    assert_close(student.dropout_backward(dout, cache), expected, what="dx", rule="dout * mask / (1 - p)", rtol=1e-5)


@weight(0.5)
@hint("1 - p is 0 for p = 1: treat that as a case of its own, before any division.")
def test_the_ends(student):
    """p = 0 drops nothing; p = 1 gives zeros, without NaN."""
    x = np.array([[1.0, -2.0, 0.5], [4.0, 5.0, -6.0]])
    for p, expected in [(0.0, x), (1.0, np.zeros((2, 3)))]:
        out, cache = forward(student, x.copy(), p, True, seed=5)
        assert_close(out, expected, what=f"out for p = {p:g}")
        assert_close(student.dropout_backward(x.copy(), cache), expected, what=f"dx for p = {p:g}")


@weight(0.5)
@hint("`x *= mask` changes the caller's array; `x * mask` makes a new one.")
def test_arguments_are_not_changed(student):
    """Neither x nor dout is changed."""
    x, dout = np.full((4, 50), 3.0), np.full((4, 50), 2.0)
    out, cache = forward(student, x, 0.5, True, seed=6)
    check(bool((out != 0).any()), "with p = 0.5, none of 200 elements is kept")
    assert_equal(x, np.full((4, 50), 3.0), what="x after the call", rule="as it was before")
    student.dropout_backward(dout, cache)
    assert_equal(dout, np.full((4, 50), 2.0), what="dout after the call", rule="as it was before")

"""Lab 1, a gradient checker: the tests that you have."""

import numpy as np

from autograder.testing import as_shape, assert_equal, assert_shape, check, hint, on_copies, question

pytestmark = question("1.11")

RIGHT, WRONG = 1e-5, 1e-3  # as the docstring of gradcheck promises


def error(student, f, x):
    """What gradcheck gives for a copy of x, as a float; an array of one number costs test_a_cubic alone."""
    value = as_shape(on_copies(student.gradcheck, f, x), (), "error")
    assert_shape(value, (), "error", "a float")
    return float(value)


def judge(student, rng, x, right, wrong, of=""):
    """A right gradient has a small error, and a wrong one has not, in whatever order they come."""
    for place in rng.permutation(4):
        is_right = place < 2
        found = error(student, right if is_right else wrong, x)
        if is_right:
            check(found < RIGHT, f"the error of a right gradient{of} is not below 1e-5", f"got {found:.3g}")
        else:
            check(found > WRONG, f"the error of a wrong gradient{of} is not above 1e-3", f"got {found:.3g}")


def cubic(x):
    """The sum of x^3."""
    return (x**3).sum(), 3 * x**2


def cubic_without_3(x):
    """The gradient lacks the 3."""
    return (x**3).sum(), x**2


def cubic_with_a_lost_element(x):
    """The last element of the gradient is missing."""
    gradient = 3 * x**2
    gradient[-1] = 0
    return (x**3).sum(), gradient


X = np.array([0.5, -1.0, 2.0, -1.5])


@hint("Compare grad with (f(x + h) - f(x - h)) / (2h), element by element.")
def test_a_cubic(student, rng):
    """The gradient 3 x^2 of a cubic is right, x^2 is wrong; the error is a single number."""
    judge(student, rng, X, cubic, cubic_without_3)
    assert_shape(student.gradcheck(cubic, X.copy()), (), "error", "a float")


@hint("Go through all elements, and let the largest error decide.")
def test_one_wrong_element(student, rng):
    """A single wrong element makes a gradient wrong."""
    judge(student, rng, X, cubic, cubic_with_a_lost_element, ", whose last element decides,")


@hint("Divide the difference by the size of what is compared: |numeric - grad| / max(|numeric|, |grad|).")
def test_small_and_large_gradients(student, rng):
    """Gradients of size 1e-4 and 1e5 are judged alike."""
    for scale in (1e-4, 1e5):

        def right(x, scale=scale):
            loss, gradient = cubic(x)
            return scale * loss, scale * gradient

        def wrong(x, scale=scale):
            loss, gradient = cubic_without_3(x)
            return scale * loss, scale * gradient

        judge(student, rng, X, right, wrong, f" of size {scale:g}")


@hint("Move a copy of x, or put each element back before you move the next; f wants the shape of x.")
def test_x_keeps_shape_and_values(student, rng):
    """f is asked with arrays of the shape of x, and x holds afterwards what it held before."""
    x = X.reshape(2, 2).copy()
    judge(student, rng, x, cubic, cubic_without_3)
    shapes = set()

    def asked(v):
        shapes.add(np.shape(v))
        return cubic(v)

    found = as_shape(student.gradcheck(asked, x), (), "error")
    check(np.all(found < RIGHT), "the error of a right gradient is not below 1e-5")
    assert_equal(shapes, {(2, 2)}, what="the shapes that f is asked with", rule="always that of x")
    check(np.allclose(x, X.reshape(2, 2), rtol=0, atol=1e-12), "x does not hold afterwards what it held before")

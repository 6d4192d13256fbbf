"""Lab 1, a gradient checker: the tests that you have."""

import numpy as np

from autograder.testing import as_array, assert_equal, assert_shape, check, hint, question

pytestmark = question("1.11")

RIGHT, WRONG = 1e-5, 1e-3  # as the docstring of gradcheck promises


def error(student, f, x):
    """What gradcheck gives, as a float."""
    value = student.gradcheck(f, x)
    assert_shape(value, (), "error", "a float")
    return float(as_array(value, "error"))


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
def test_a_cubic(student):
    """The gradient 3 x^2 of a cubic is right, x^2 is wrong."""
    found = error(student, cubic, X.copy())
    check(found < RIGHT, "the error of a right gradient is not below 1e-5", f"got {found:.3g}")
    found = error(student, cubic_without_3, X.copy())
    check(found > WRONG, "the error of a wrong gradient is not above 1e-3", f"got {found:.3g}")


@hint("Go through all elements, and let the largest error decide.")
def test_one_wrong_element(student):
    """A single wrong element makes a gradient wrong."""
    check(error(student, cubic, X.copy()) < RIGHT, "the error of a right gradient is not below 1e-5")
    found = error(student, cubic_with_a_lost_element, X.copy())
    check(found > WRONG, "the error of a gradient whose last element is wrong is not above 1e-3", f"got {found:.3g}")


@hint("Divide the difference by the size of what is compared: |numeric - grad| / max(|numeric|, |grad|).")
def test_small_and_large_gradients(student):
    """Gradients of size 1e-4 and 1e5 are judged alike."""
    for scale in (1e-4, 1e5):

        def right(x, scale=scale):
            loss, gradient = cubic(x)
            return scale * loss, scale * gradient

        def wrong(x, scale=scale):
            loss, gradient = cubic_without_3(x)
            return scale * loss, scale * gradient

        found = error(student, right, X.copy())
        check(found < RIGHT, f"the error of a right gradient of size {scale:g} is not below 1e-5", f"got {found:.3g}")
        found = error(student, wrong, X.copy())
        check(found > WRONG, f"the error of a wrong gradient of size {scale:g} is not above 1e-3", f"got {found:.3g}")


@hint("Move a copy of x, or put each element back before you move the next; f wants the shape of x.")
def test_x_keeps_shape_and_values(student):
    """f is asked with arrays of the shape of x, and x holds afterwards what it held before."""
    x = X.reshape(2, 2).copy()
    shapes = set()

    def asked(v):
        shapes.add(np.shape(v))
        return cubic(v)

    check(error(student, asked, x) < RIGHT, "the error of a right gradient is not below 1e-5")
    assert_equal(shapes, {(2, 2)}, what="the shapes that f is asked with", rule="always that of x")
    check(np.allclose(x, X.reshape(2, 2), rtol=0, atol=1e-12), "x does not hold afterwards what it held before")

"""Lab 1, a gradient checker: the tests that grade.

Every test asks for right and for wrong gradients, so that a constant answer earns nothing.
"""

import numpy as np
from oracles_metrics import Losses, paired, scaled

from autograder.testing import as_array, assert_shape, check, hint, question, weight

pytestmark = question("1.11")

RIGHT, WRONG = 1e-5, 1e-3  # as the docstring of gradcheck promises


def error(student, f, x):
    """What gradcheck gives for a copy of `x`, as a float."""
    value = student.gradcheck(f, x.copy())
    assert_shape(value, (), "error", "a float")
    return float(as_array(value, "error"))


def judge(student, x, right, wrong, of):
    """The right gradient has a small error, each of the wrong ones has not."""
    found = error(student, right, x)
    check(found < RIGHT, f"the error of a right gradient is not below 1e-5: {of}", f"got {found:.3g}")
    for name, function in wrong.items():
        found = error(student, function, x)
        check(found > WRONG, f"the error of a wrong gradient is not above 1e-3: {of}, {name}", f"got {found:.3g}")


@weight(2)
@hint("Compare grad with (f(x + h) - f(x - h)) / (2h) for every element, h around 1e-5, and return the largest error.")
def test_cubic(student, rng):
    """The right gradient of a cubic is told from those without a factor, without an element, with the other sign."""
    judge(student, *Losses(rng).cubic(), "a cubic")


@weight(2)
@hint("Move one element at a time, and put it back before the next.")
def test_squared_error(student, rng):
    """The right gradient of a mean squared error is told from those without the 2, summed, or transposed."""
    judge(student, *Losses(rng).squared_error(), "a mean squared error")


@weight(2)
@hint("A part that is forgotten may change the gradient by a few per cent only: be exact, and divide by its size.")
def test_network(student, rng):
    """The right gradient of a small network is told from those with a wrong slope, or without the penalty."""
    judge(student, *Losses(rng).network(), "a layer of tanh with an L2 penalty")


@weight(1.5)
@hint("0 against 0 is no error: take care before you divide.")
def test_elements_without_influence(student, rng):
    """Elements with a gradient of 0 make a right gradient neither NaN nor wrong, and hide no mistake."""
    judge(student, *Losses(rng).rectified(), "a ReLU that holds some elements back")


@weight(1.5)
@hint("Use a difference on both sides, f(x + h) - f(x - h): the curvature cancels.")
def test_near_a_minimum(student, rng):
    """Near a sharp minimum, where the loss curves much more than it rises, a right gradient has a small error."""
    judge(student, *Losses(rng).valley(), "near a sharp minimum")


@weight(1.5)
@hint("Divide the difference by the size of what is compared, with no floor above 1e-8.")
def test_scale(student, rng):
    """Gradients of size 1e-4 and 1e5 are judged like others."""
    for name in ("cubic", "squared_error"):
        x, right, wrong = getattr(Losses(rng), name)()
        for factor in (1e-4, 1e5):
            small = {what: scaled(function, factor) for what, function in wrong.items()}
            judge(student, x, scaled(right, factor), small, f"a loss times {factor:g}")


@hint("Return the error as it is: neither rounded, nor compared with a tolerance of your own.")
def test_one_per_cent(student, rng):
    """A gradient that is one per cent too long is wrong."""
    x, right, _ = Losses(rng).cubic()
    judge(student, x, right, {"one per cent too long": lambda v: (right(v)[0], 1.01 * right(v)[1])}, "a cubic")


@hint("Let all elements take part, also in arrays with several axes; a forgotten one may be the wrong one.")
def test_every_element_counts(student, rng):
    """A gradient is wrong wherever its one wrong element is."""
    x, right, _ = Losses(rng).cubic()
    judge(student, x, right, {}, "a cubic")
    for place in np.ndindex(x.shape):

        def wrong(v, place=place):
            loss, gradient = right(v)
            gradient[place] *= 0.5
            return loss, gradient

        found = error(student, wrong, x)
        check(found > WRONG, "the error of a gradient with one wrong element is not above 1e-3", f"got {found:.3g}")


@hint("Index with np.ndindex(x.shape): ravel and reshape may copy, and a changed copy never reaches f.")
def test_memory_order(student, rng):
    """Transposed arrays, slices and three axes work like any other."""
    for base, view in [
        ((2, 3), lambda a: a.T),
        ((6, 2), lambda a: a[::2]),
        ((2, 2, 2), lambda a: a.transpose(2, 0, 1)),
    ]:
        x = view(Losses(rng).signed(*base))
        c = Losses(rng).positive(*x.shape)
        right = paired(lambda v, c=c: (c * v**3).sum(), lambda v, c=c: 3 * c * v**2)
        wrong = paired(lambda v, c=c: (c * v**3).sum(), lambda v, c=c: 2 * c * v**2)
        found = as_array(student.gradcheck(right, x), "error")  # not a copy, which might change the order
        check(found < RIGHT, "the error of a right gradient is not below 1e-5: x is a view", f"got {found:.3g}")
        found = as_array(student.gradcheck(wrong, x), "error")
        check(found > WRONG, "the error of a wrong gradient is not above 1e-3: x is a view", f"got {found:.3g}")


@hint("Restore each element, or work on copies.")
def test_x_is_restored(student, rng):
    """x holds afterwards what it held before, whether the gradient is right or wrong."""
    x, right, wrong = Losses(rng).squared_error()
    before = x.copy()
    for function, is_right in [(right, True), (wrong["transposed"], False)]:
        found = float(as_array(student.gradcheck(function, x), "error"))
        check(found < RIGHT if is_right else found > WRONG, "the error is wrong, and was looked at first")
        # Adding and taking away a step again leaves rounding behind, about 1e-16.
        check(np.allclose(x, before, rtol=0, atol=1e-12), "x does not hold afterwards what it held before")


@weight(0.5)
@hint("max(error, nan) is error: look for NaN and infinity in the gradient before you compare.")
def test_gradient_that_is_not_finite(student, rng):
    """A gradient with a NaN or an infinity gets no finite error, and one of right numbers does."""
    x, right, _ = Losses(rng).cubic()
    judge(student, x, right, {}, "a cubic")
    for value in (np.nan, np.inf, -np.inf):
        for place in ((0, 0), (1, 1), (1, 2)):

            def wrong(v, value=value, place=place):
                loss, gradient = right(v)
                gradient[place] = value
                return loss, gradient

            found = error(student, wrong, x)
            check(found == np.inf or np.isnan(found), "a NaN or an infinity in the gradient has a finite error")


@weight(0.5)
@hint("Compare grad.shape with x.shape first: broadcasting would make them fit, or NumPy would raise an error.")
def test_gradient_of_another_shape(student, rng):
    """A gradient that has not the shape of x gets the error infinity, and one that has it does not."""
    x, right, _ = Losses(rng).cubic()
    judge(student, x, right, {}, "a cubic")
    for name, reshape in {
        "transposed": lambda g: g.T.copy(),
        "flat": lambda g: g.ravel(),
        "summed to a row": lambda g: g.sum(axis=0),
        "summed to a number": lambda g: g.sum(),
        "with one axis more": lambda g: g[np.newaxis],
    }.items():

        def wrong(v, reshape=reshape):
            loss, gradient = right(v)
            return loss, reshape(gradient)

        check(error(student, wrong, x) == np.inf, f"the error of a gradient of another shape is not infinity: {name}")

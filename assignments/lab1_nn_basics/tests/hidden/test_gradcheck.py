"""Lab 1, a gradient checker: the tests that grade.

Every test asks for right and for wrong gradients, so that a constant answer earns nothing.
"""

import numpy as np
from oracles_metrics import Losses, paired, scaled

from autograder.testing import as_shape, assert_shape, check, hint, on_copies, question, weight

pytestmark = question("1.11")

RIGHT, WRONG = 1e-5, 1e-3  # as the docstring of gradcheck promises


def error(student, f, x):
    """What gradcheck gives for a copy of `x`, as a float; an array of one number costs test_cubic alone.

    f is wrapped anew in every question, so that nothing but its values tells one from another.
    """
    value = as_shape(on_copies(student.gradcheck, lambda v: f(v), x), (), "error")
    assert_shape(value, (), "error", "a float")
    return float(value)


def judge(student, rng, rounds, of):
    """Right gradients have a small error, and each of the wrong ones has not.

    All rounds are asked together, in random order, and each right gradient twice at the same place: what was asked
    before says nothing about what is asked now.

    Args:
        rounds: (x, right, wrong) as `Losses` makes them; `wrong` may be empty.
        of: what the loss is, in the student's words.
    """
    asked = [(x, right, "") for x, right, _ in rounds for _ in range(2)]
    asked += [(x, function, name) for x, _, wrong in rounds for name, function in wrong.items()]
    for place in rng.permutation(len(asked)):
        x, function, mistake = asked[place]
        found = error(student, function, x)
        if mistake:
            message = f"the error of a wrong gradient is not above 1e-3: {of}, {mistake}"
            check(found > WRONG, message, f"got {found:.3g}")
        else:
            check(found < RIGHT, f"the error of a right gradient is not below 1e-5: {of}", f"got {found:.3g}")


def judge_infinite(student, rng, rounds, verdict, message):
    """Right gradients have a small error, and that of the others pleases `verdict`; in random order, as in `judge`."""
    asked = [(x, right, "") for x, right, others in rounds for _ in range(len(others) // 3 + 1)]
    asked += [(x, function, name) for x, _, others in rounds for name, function in others.items()]
    for place in rng.permutation(len(asked)):
        x, function, name = asked[place]
        found = error(student, function, x)
        if name:
            check(verdict(found), f"{message}: {name}", f"got {found:.3g}")
        else:
            check(found < RIGHT, "the error of a right gradient is not below 1e-5: a cubic", f"got {found:.3g}")


@weight(2)
@hint("Compare grad with (f(x + h) - f(x - h)) / (2h) for every element, h around 1e-5, and return the largest error.")
def test_cubic(student, rng):
    """The right gradient of a cubic is told from those without a factor, without an element, with the other sign."""
    x, right, _ = Losses(rng).cubic()
    assert_shape(student.gradcheck(right, x.copy()), (), "error", "a float")
    judge(student, rng, [Losses(rng).cubic() for _ in range(2)], "a cubic")


@weight(2)
@hint("Move one element at a time, and put it back before the next.")
def test_squared_error(student, rng):
    """The right gradient of a mean squared error is told from those without the 2, summed, or transposed."""
    judge(student, rng, [Losses(rng).squared_error() for _ in range(2)], "a mean squared error")


@weight(2)
@hint("A part that is forgotten may change the gradient by a few per cent only: be exact, and divide by its size.")
def test_network(student, rng):
    """The right gradient of a small network is told from those with a wrong slope, or without the penalty."""
    judge(student, rng, [Losses(rng).network() for _ in range(2)], "a layer of tanh with an L2 penalty")


@weight(1.5)
@hint("0 against 0 is no error: take care before you divide.")
def test_elements_without_influence(student, rng):
    """Elements with a gradient of 0 make a right gradient neither NaN nor wrong, and hide no mistake."""
    judge(student, rng, [Losses(rng).rectified() for _ in range(2)], "a ReLU that holds some elements back")


@weight(1.5)
@hint("Use a difference on both sides, f(x + h) - f(x - h): the curvature cancels.")
def test_near_a_minimum(student, rng):
    """Near a sharp minimum, where the loss curves much more than it rises, a right gradient has a small error."""
    judge(student, rng, [Losses(rng).valley() for _ in range(2)], "near a sharp minimum")


@weight(1.5)
@hint("Divide the difference by the size of what is compared, with no floor above 1e-8.")
def test_scale(student, rng):
    """Gradients of size 1e-4 and 1e5 are judged like others, also where 0 stands against a number."""
    for name in ("cubic", "squared_error", "rectified"):
        x, right, wrong = getattr(Losses(rng), name)()
        rounds = [
            (x, scaled(right, factor), {mistake: scaled(function, factor) for mistake, function in wrong.items()})
            for factor in ((1e-4, -1e-4, 1e5) if name != "rectified" else (1e-4,))  # rounding grows with the loss
        ]
        judge(student, rng, rounds, "a loss times 1e-4, -1e-4 or 1e5")


@hint("Return the error as it is: neither rounded, nor compared with a tolerance of your own.")
def test_one_per_cent(student, rng):
    """A gradient that is one per cent too long is wrong."""
    rounds = []
    for _ in range(3):
        x, right, _ = Losses(rng).cubic()
        rounds.append((x, right, {"one per cent too long": lambda v, right=right: (right(v)[0], 1.01 * right(v)[1])}))
    judge(student, rng, rounds, "a cubic")


@hint("Let all elements take part, also in arrays with several axes; a forgotten one may be the wrong one.")
def test_every_element_counts(student, rng):
    """A gradient is wrong wherever its one wrong element is."""
    x, right, _ = Losses(rng).cubic()

    def halved_at(place):
        def wrong(v):
            loss, gradient = right(v)
            gradient[place] *= 0.5
            return loss, gradient

        return wrong

    places = list(np.ndindex(x.shape))
    wrong = {f"one wrong element, number {number + 1}": halved_at(place) for number, place in enumerate(places)}
    judge(student, rng, [(x, right, wrong), Losses(rng).cubic()], "a cubic")
    judge(student, rng, [Losses(rng).cubic_and_line(2, 3), Losses(rng).cubic_and_line(11, 11)], "x^3 + x")


@hint("Index with np.ndindex(x.shape): ravel and reshape may copy, and a changed copy never reaches f.")
def test_memory_order(student, rng):
    """Transposed arrays, slices and three axes work like any other."""
    asked = []
    for base, view in [
        ((2, 3), lambda a: a.T),
        ((6, 2), lambda a: a[::2]),
        ((2, 2, 2), lambda a: a.transpose(2, 0, 1)),
    ]:
        data = Losses(rng).signed(*base)
        c = Losses(rng).positive(*view(data).shape)
        right = paired(lambda v, c=c: (c * v**3).sum(), lambda v, c=c: 3 * c * v**2)
        wrong = paired(lambda v, c=c: (c * v**3).sum(), lambda v, c=c: 2 * c * v**2)
        asked += [(data, view, right, True), (data, view, wrong, False), (data, view, right, True)]
    for place in rng.permutation(len(asked)):
        data, view, function, is_right = asked[place]
        x = view(data.copy())  # a view of a copy: a copy of a view might have another order
        found = as_shape(student.gradcheck(lambda v, function=function: function(v), x), (), "error")
        assert_shape(found, (), "error", "a float")
        if is_right:
            check(found < RIGHT, "the error of a right gradient is not below 1e-5: x is a view", f"got {found:.3g}")
        else:
            check(found > WRONG, "the error of a wrong gradient is not above 1e-3: x is a view", f"got {found:.3g}")


@hint("Restore each element, or work on copies.")
def test_x_is_restored(student, rng):
    """x holds afterwards what it held before, whether the gradient is right or wrong."""
    start, right, wrong = Losses(rng).squared_error()
    asked = [(right, True), (right, True), (wrong["transposed"], False), (wrong["without the factor 2"], False)]
    for place in rng.permutation(len(asked)):
        function, is_right = asked[place]
        x = start.copy()
        found = as_shape(student.gradcheck(lambda v, function=function: function(v), x), (), "error")
        assert_shape(found, (), "error", "a float")
        check(found < RIGHT if is_right else found > WRONG, "the error is wrong, and was looked at first")
        # Adding and taking away a step again leaves rounding behind, about 1e-16.
        check(np.allclose(x, start, rtol=0, atol=1e-12), "x does not hold afterwards what it held before")


@weight(0.5)
@hint("max(error, nan) is error: look for NaN and infinity in the gradient before you compare.")
def test_gradient_that_is_not_finite(student, rng):
    """A gradient with a NaN or an infinity gets no finite error, and one of right numbers does."""
    x, right, _ = Losses(rng).cubic()

    def spoilt(value, place):
        def wrong(v):
            loss, gradient = right(v)
            gradient[place] = value
            return loss, gradient

        return wrong

    values, places = (np.nan, np.inf, -np.inf), ((0, 0), (1, 1), (1, 2))
    others = {f"{value} at {list(place)}": spoilt(value, place) for value in values for place in places}
    message = "a NaN or an infinity in the gradient has a finite error"
    judge_infinite(student, rng, [(x, right, others)], lambda found: found == np.inf or np.isnan(found), message)


@weight(0.5)
@hint("Compare grad.shape with x.shape first: broadcasting would make them fit, or NumPy would raise an error.")
def test_gradient_of_another_shape(student, rng):
    """A gradient that has not the shape of x gets the error infinity, and one that has it does not."""
    x, right, _ = Losses(rng).cubic()

    def reshaped(reshape):
        def wrong(v):
            loss, gradient = right(v)
            return loss, reshape(gradient)

        return wrong

    shapes = {
        "transposed": lambda g: g.T.copy(),
        "flat": lambda g: g.ravel(),
        "summed to a row": lambda g: g.sum(axis=0),
        "summed to a number": lambda g: g.sum(),
        "with one axis more": lambda g: g[np.newaxis],
    }
    others = {name: reshaped(reshape) for name, reshape in shapes.items()}
    message = "the error of a gradient of another shape is not infinity"
    judge_infinite(student, rng, [(x, right, others)], lambda found: found == np.inf, message)

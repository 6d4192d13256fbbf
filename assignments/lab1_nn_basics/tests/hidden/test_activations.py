"""Lab 1, activation functions: the tests that grade."""

import warnings

import numpy as np
import probes
import pytest
from oracles import activation, activation_gradient

from autograder.testing import (
    assert_close,
    assert_equal,
    assert_shape,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.4")

NAMES = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "maxout")
OPTIONS = {"leaky_relu": {"negative_slope": 0.25}, "elu": {"alpha": 1.7}, "maxout": {"pieces": 3}}
BY_INPUT = "dout times the derivative at x"


def outputs(name, shape, options):
    """The shape of out."""
    return (*shape[:-1], shape[-1] // options["pieces"]) if name == "maxout" else shape


def layer(rng, name, shape, **options):
    """name, x, options and a random dout; x is nowhere near 0."""
    options = options or OPTIONS.get(name, {})
    x = rng.normal(scale=2.0, size=shape)
    return name, x + np.copysign(0.01, x), options, rng.normal(size=outputs(name, shape, options))


def run_forward(student, name, x, options):
    """out and cache."""
    return unpack(student.forward(name, x, **options), 2, "out, cache")


def through(student, name, x, options, dout):
    """out and dx of a layer; the student gets copies."""
    out, cache = run_forward(student, name, x.copy(order="K"), options)
    return out, student.backward(name, dout.copy(order="K"), cache)


def check_layer(out, dx, name, x, options, dout, where=""):
    """out and dx are what they should be."""
    assert_close(out, activation(name, x, **options), what=f"out of {name}{where}")
    assert_shape(dx, x.shape, f"dx of {name}{where}", "the shape of x")
    expected = activation_gradient(name, x, dout, **options)
    assert_close(dx, expected, what=f"dx of {name}{where}", rule=BY_INPUT)


@pytest.mark.parametrize("name", NAMES)
@hint("Compare the docstring's table with your code; for maxout, make groups with reshape(..., units, pieces).")
def test_forward(student, rng, name):
    """forward gives the activation's values, of the right shape."""
    _, x, options, _ = layer(rng, name, (5, 12))
    out, _ = run_forward(student, name, x.copy(), options)
    assert_close(out, activation(name, x, **options), what=f"out of {name}")


@pytest.mark.parametrize("name", NAMES)
@weight(1.5)
@hint("Check what the cache holds: s (1 - s) and 1 - t^2 want the outputs s of sigmoid and t of tanh, not x.")
def test_backward(student, rng, name):
    """backward gives the derivative at x, times the gradient that arrives."""
    _, x, options, dout = layer(rng, name, (5, 12))
    _, dx = through(student, name, x, options, dout)
    assert_shape(dx, x.shape, f"dx of {name}", "the shape of x")
    expected = activation_gradient(name, x, dout, **options)
    assert_close(dx, expected, what=f"dx of {name}", rule=BY_INPUT)


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "maxout"])
@hint("Use the option in forward and in backward alike, and let the cache carry it: the next call may bring another.")
def test_options(student, rng, name):
    """The option is what counts, whatever it is, forward and backward."""
    values = {
        "leaky_relu": [{"negative_slope": slope} for slope in (0.01, 0.1, 0.6, 0.0)],
        "elu": [{"alpha": alpha} for alpha in (1.0, 0.3, 2.5)],
        "maxout": [{"pieces": pieces} for pieces in (1, 2, 4, 6)],
    }[name]
    for options in values:
        _, x, _, dout = layer(rng, name, (4, 12), **options)
        out, dx = through(student, name, x, options, dout)
        check_layer(out, dx, name, x, options, dout, " with another option")


@pytest.mark.parametrize("name", NAMES)
@weight(0.5)
@hint("NumPy computes both sides of np.where everywhere: let exp see numbers of 0 and below only, as in e^-|x|.")
def test_large_inputs(student, rng, name):
    """Inputs up to +-1000 give right values and right gradients, without NaN or infinity."""
    options = OPTIONS.get(name, {})
    x = rng.permutation(np.array([1000.0, -1000.0, 745.0, -745.0, 90.0, -90.0, 30.0, -30.0, 2.0, -2.0, 0.5, -0.5]))
    for row in (x, x[:, np.newaxis] * np.linspace(0.9, 1.0, 6)):
        dout = rng.normal(size=outputs(name, row.shape, options))
        out, dx = through(student, name, row, options, dout)
        check_layer(out, dx, name, row, options, dout, " of large x")


@weight(1.5)
@hint("If a warning tells of an overflow, exp was given a large positive number, perhaps in a branch that is not used.")
def test_no_overflow_warning(student):
    """Inputs of +-1000 give right values and raise no warning, neither forward nor backward."""
    x = np.array([[1000.0, -1000.0, 500.0], [-750.0, 1.0, -1.0]])
    for name in NAMES:
        options = OPTIONS.get(name, {})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            out, cache = run_forward(student, name, x.copy(), options)
            dx = student.backward(name, np.ones(outputs(name, x.shape, options)), cache)
        assert_close(out, activation(name, x, **options), what=f"out of {name} where x is large")
        check(np.isfinite(np.asarray(dx)).all(), f"dx of {name} is not finite where x is large")
        # NumPy's warnings about numbers only: a deprecated spelling, say, is nobody's mistake here.
        numeric = [str(warning.message) for warning in caught if issubclass(warning.category, RuntimeWarning)]
        check(
            not numeric, f"{name} warns where x is large: a number is too large for exp, or not defined", str(numeric)
        )


@hint("Work element by element, and let reshape(*x.shape[:-1], -1, pieces) make groups of the last axis alone.")
def test_any_shape(student, rng):
    """Inputs with one, three and four axes, a batch of one and transposed arrays work, too."""
    for name in NAMES:
        for shape in [(6,), (1, 3), (2, 5, 9), (3, 2, 4, 6)]:
            _, x, options, dout = layer(rng, name, shape)
            out, dx = through(student, name, x, options, dout)
            check_layer(out, dx, name, x, options, dout, f" with {len(shape)} axes")
        _, x, options, dout = layer(rng, name, (6, 4))
        dout = np.asfortranarray(rng.normal(size=outputs(name, (4, 6), options)))
        out, dx = through(student, name, x.T, options, dout)
        check_layer(out, dx, name, x.T, options, dout, " with x transposed")


@hint("At 0, take the derivative of either side or one in between; 0/0 and sign(0) have no place there.")
def test_kinks(student, rng):
    """At exactly 0 the gradient lies between those on both sides, and the step function has none anywhere."""
    x = np.array([0.0, -0.0, 0.0, 1.5, -1.5])
    dout = rng.normal(size=5)
    for name, low, high in [("relu", 0.0, 1.0), ("leaky_relu", 0.25, 1.0), ("elu", 1.0, 1.7)]:
        out, dx = through(student, name, x, OPTIONS.get(name, {}), dout)
        assert_close(np.asarray(out)[:3], np.zeros(3), what=f"out of {name} at 0")
        assert_shape(dx, (5,), f"dx of {name}", "the shape of x")
        slopes = (np.asarray(dx) / dout)[:3]
        inside = (slopes >= low - 1e-9) & (slopes <= high + 1e-9)
        check(inside.all(), f"dx of {name} at 0 is not between the derivatives on both sides", f"slopes: {slopes}")
    out, dx = through(student, "step", x, {}, dout)
    check(((np.asarray(out) >= 0) & (np.asarray(out) <= 1)).all(), "out of step is not between 0 and 1")
    assert_close(dx, np.zeros(5), what="dx of step", rule="0 everywhere")


@hint("In a tie the mask x == max gives each of the largest the whole gradient: divide by their count, or use argmax.")
def test_maxout_ties(student, rng):
    """Where several numbers of a group are the largest, their gradients add up to the one that arrives."""
    x = np.array([[2.0, 2.0, 1.0, -3.0, -3.0, -3.0], [0.0, -1.0, 0.0, 5.0, 4.0, 4.0]])
    dout = rng.normal(size=(2, 2))
    out, dx = through(student, "maxout", x, {"pieces": 3}, dout)
    assert_close(out, np.array([[2.0, -3.0], [0.0, 5.0]]), what="out")
    assert_shape(dx, (2, 6), "dx", "the shape of x")
    shares = np.asarray(dx).reshape(2, 2, 3) / dout[..., np.newaxis]
    groups = x.reshape(2, 2, 3)
    losers = shares[groups < groups.max(axis=2, keepdims=True)]
    assert_close(losers, np.zeros(len(losers)), what="dx at numbers that are not the largest of their group", rule="0")
    assert_close(
        shares.sum(axis=2), np.ones((2, 2)), what="the sum of dx / dout over each group", rule="1, also in a tie"
    )
    check((shares >= -1e-9).all(), "a share of a tied gradient has the wrong sign")


@weight(0.5)
@hint("Make new arrays: `x[x < 0] = 0`, `x *= slope` and `dout *= mask` change the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Neither x nor dout is changed, by any of the functions."""
    for name in NAMES:
        _, x, options, dout = layer(rng, name, (3, 6))
        x_before, dout_before, options_before = x.copy(), dout.copy(), dict(options)
        out, cache = run_forward(student, name, x, options)
        assert_close(out, activation(name, x_before, **options), what=f"out of {name}", rule="looked at first")
        assert_equal(x, x_before, what=f"x after forward of {name}", rule="as it was before")
        student.backward(name, dout, cache)
        assert_equal(x, x_before, what=f"x after backward of {name}", rule="as it was before")
        assert_equal(dout, dout_before, what=f"dout after backward of {name}", rule="as it was before")
        assert_equal(options, options_before, what=f"the options of {name}", rule="as they were before")


@hint("Keep what backward needs in the cache alone, make new arrays in every call, and leave the cache as it is.")
def test_layers_do_not_disturb_each_other(student, rng):
    """Several layers run forward before any runs backward, and a cache may be used twice."""
    layers = [layer(rng, name, (4, 6)) for name in (*NAMES, *NAMES)]
    layers += [layer(rng, "leaky_relu", (4, 6), negative_slope=0.05), layer(rng, "maxout", (4, 6), pieces=2)]
    arguments = [(name, x.copy(), dict(options), dout.copy()) for name, x, options, dout in layers]
    outs, gradients = on_copies(
        student.run, probes.forward_all_then_backward, student.forward, student.backward, arguments
    )
    for out, dx, (name, x, options, dout) in zip(outs, gradients, layers, strict=True):
        check_layer(out, dx, name, x, options, dout, " among other layers")
    for name, x, options, _ in layers[:7]:
        _, cache = run_forward(student, name, x.copy(), options)
        for time in ("the first", "the second"):
            dout = rng.normal(size=outputs(name, x.shape, options))
            dx = student.backward(name, dout.copy(), cache)
            expected = activation_gradient(name, x, dout, **options)
            assert_close(dx, expected, what=f"dx of {name}, {time} time with one cache", rule=BY_INPUT)


@weight(0.5)
@hint("Do not assume float64: networks on a GPU compute in float32.")
def test_float32(student, rng):
    """Inputs in float32 give the same, as exactly as float32 allows."""
    for name in NAMES:
        _, x, options, dout = layer(rng, name, (8, 6))
        x, dout = x.astype(np.float32), dout.astype(np.float32)
        out, dx = through(student, name, x, options, dout)
        expected, gradient = activation(name, x, **options), activation_gradient(name, x, dout, **options)
        assert_close(out, expected, rtol=1e-4, relative_to_largest=True, what=f"out of {name}", rule="float32")
        assert_close(dx, gradient, rtol=1e-4, relative_to_largest=True, what=f"dx of {name}", rule="float32")


@weight(0.25)
@hint("End the chain of names with `raise ValueError(...)`, so that a misspelt name is noticed at once.")
def test_unknown_name(student):
    """A name that is not in the table raises ValueError."""
    out, _ = run_forward(student, "relu", np.array([-1.0, 2.0]), {})
    assert_close(out, np.array([0.0, 2.0]), what="out of relu", rule="looked at first")
    try:
        student.forward("gelu", np.zeros(3))
    except ValueError:
        return
    check(False, "a name that is not in the table raises no ValueError")

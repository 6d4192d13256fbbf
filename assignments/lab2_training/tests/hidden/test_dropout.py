"""Lab 2, dropout: the tests that grade."""

import itertools
import math

import numpy as np
import probes

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.3")

SIGMAS = 5.5  # by chance once in 26 million
RTOL = 1e-6  # float64 inputs; a mask may be of float32, whose 1 / (1 - p) is good to 6e-8


def forward(student, x, p, train, source):
    """The student's output as an array of x's shape, and the cache; `source` is a seed or a generator over there."""
    generator = student.rng(source) if isinstance(source, int) else source
    result = student.dropout_forward(x.copy(), p, train, generator)
    check(isinstance(result, tuple | list) and len(result) == 2, "dropout_forward does not return a pair: out, cache")
    assert_shape(result[0], x.shape, "out", "the shape of x")
    return as_array(result[0], "out"), result[1]


def some_are_kept(out, p):
    """Fail if nothing is kept where chance keeps something: by less than one in 10^14 for 30 elements and p = 0.3."""
    check(p > 0.6 or bool((out != 0).any()), "no element is kept", f"p = {p}, {out.size} elements")


def seed_from(rng):
    """Any seed."""
    return int(rng.integers(1 << 30))


def away_from_zero(rng, shape):
    """Numbers of both signs, none near 0."""
    return rng.choice([-1, 1], size=shape) * rng.uniform(0.5, 2.0, size=shape)


@weight(2)
@hint("Keep an element where its own uniform random number is at least p.")
def test_the_fraction_that_is_dropped(student, rng):
    """The fraction of elements that become 0 is p, also when p is far from one half."""
    for p in (0.05, 0.3, 0.5, 0.9):
        x = away_from_zero(rng, (150, 200))
        out, _ = forward(student, x, p, True, seed_from(rng))
        found, sigma = np.mean(out == 0), math.sqrt(p * (1 - p) / x.size)
        detail = f"p = {p}: {found:.4f} of the elements are 0"
        check(abs(found - p) <= SIGMAS * sigma, "the fraction of zeros is not p, the probability to drop", detail)


@weight(2)
@hint("Inverted dropout scales in training: divide what is kept by 1 - p.")
def test_what_is_kept_is_scaled(student, rng):
    """Every kept element is x / (1 - p), in arrays with any number of axes."""
    for p, shape in itertools.product([0.05, 0.3, 0.9], [(40,), (7, 9), (1, 30), (4, 3, 5, 2)]):
        x = away_from_zero(rng, shape)
        out, _ = forward(student, x, p, True, seed_from(rng))
        some_are_kept(out, p)
        assert_close(out, np.where(out == 0, 0.0, x / (1 - p)), what="out", rule="0 or x / (1 - p)", rtol=RTOL)


@weight(2)
@hint("The cache holds the mask of the way forward; a new draw on the way back sends gradients to dropped elements.")
def test_the_gradient_takes_the_same_way(student, rng):
    """The gradient is dout / (1 - p) where an element was kept, and 0 where it was dropped."""
    for p, shape in itertools.product([0.05, 0.3, 0.9], [(60,), (7, 9), (1, 30), (4, 3, 5, 2)]):
        x, dout = away_from_zero(rng, shape), rng.normal(size=shape)
        out, cache = forward(student, x, p, True, seed_from(rng))
        some_are_kept(out, p)
        expected = np.where(out == 0, 0.0, dout / (1 - p))
        what, rule = "dx", "dout / (1 - p) for kept elements, 0 for dropped ones"
        assert_close(student.dropout_backward(dout.copy(), cache), expected, what=what, rule=rule, rtol=RTOL)


@hint("Take the mask from the random numbers, not from where x or out is 0.")
def test_kept_zeros_pass_the_gradient_on(student, rng):
    """Where x is 0, as after a ReLU, the gradient still comes through for what was kept."""
    x, dout, p = np.zeros((100, 120)), away_from_zero(rng, (100, 120)), 0.3
    out, cache = forward(student, x, p, True, seed_from(rng))
    assert_close(out, x, what="out for zeros", rule="0 either way")
    dx = student.dropout_backward(dout.copy(), cache)
    assert_shape(dx, x.shape, "dx")
    dx = as_array(dx)
    assert_close(dx, np.where(dx == 0, 0.0, dout / (1 - p)), what="dx for zeros", rule="0 or dout / (1 - p)", rtol=RTOL)
    blocked, sigma = np.mean(dx == 0), math.sqrt(p * (1 - p) / x.size)
    ok = abs(blocked - p) <= SIGMAS * sigma
    check(ok, "where x is 0, the gradient is not held back with probability p", f"{blocked:.4f} held back, p = {p}")


@hint("Draw one number for every element, rng.random(x.shape), not one for a row, a column or an image.")
def test_elements_are_dropped_independently(student, rng):
    """Whether an element is dropped says nothing about any other element."""
    p = 0.4
    for shape in [(80, 100), (20, 10, 6, 8)]:
        out, _ = forward(student, away_from_zero(rng, shape), p, True, seed_from(rng))
        kept = (out != 0) - (1 - p)
        for axis in range(kept.ndim):
            for lag in (1, 2):
                value = np.mean(kept * np.roll(kept, lag, axis)) / (p * (1 - p))
                detail = f"correlation {value:.3f} of elements {lag} apart along axis {axis}"
                check(abs(value) <= SIGMAS / math.sqrt(kept.size), "elements are dropped together", detail)


@hint("Compare a random number for each element with p; do not choose a fixed number of elements.")
def test_the_number_of_dropped_elements_varies(student, rng):
    """Each of two elements is dropped in a fraction p of 1,500 calls, and both are in a fraction p^2 of them."""
    calls, p = 1500, 0.3
    generator = student.rng(seed_from(rng))
    arguments = [(np.array([1.0, -1.0]), p, True, generator)] * calls
    results = student.run(probes.call_each, student.dropout_forward, arguments)
    outs = np.array([as_array(out) for out, _ in results])
    check(outs.shape == (calls, 2), "out does not have the shape of x")
    dropped = outs == 0
    for found, expected, what in [
        (dropped[:, 0].mean(), p, "the first element is not dropped with probability p"),
        (dropped[:, 1].mean(), p, "the second element is not dropped with probability p"),
        (dropped.all(axis=1).mean(), p * p, "two elements are not dropped independently of each other"),
    ]:
        sigma = math.sqrt(expected * (1 - expected) / calls)
        detail = f"expected {expected:.3f} of the calls, got {found:.3f}"
        check(abs(found - expected) <= SIGMAS * sigma, what, detail)


@weight(1.5)
@hint("Outside of training, hand x and dout on as they are; neither is scaled.")
def test_evaluation_changes_nothing(student, rng):
    """Outside of training, out is x and dx is dout, whatever p is."""
    for p in (0.0, 0.3, 1.0):
        for shape in [(6,), (3, 4, 2)]:
            x, dout = rng.normal(size=shape), rng.normal(size=shape)
            out, cache = forward(student, x, p, False, seed_from(rng))
            assert_close(out, x, what="out in evaluation", rule="x, neither dropped nor scaled")
            dx = student.dropout_backward(dout.copy(), cache)
            assert_close(dx, dout, what="dx in evaluation", rule="dout, neither dropped nor scaled")


@hint("For p = 1 nothing is kept, and nothing need be divided: return zeros. For p = 0 the factor is 1.")
def test_the_ends(student, rng):
    """p = 0 keeps every element as it is; p = 1 gives zeros and no gradient, without NaN."""
    for p in (0, 0.0, 1, 1.0):
        x, dout = rng.normal(size=(20, 30)), rng.normal(size=(20, 30))
        out, cache = forward(student, x, p, True, seed_from(rng))
        assert_close(out, x * (1 - p), what="out", rule="x for p = 0, zeros for p = 1")
        dx = student.dropout_backward(dout.copy(), cache)
        assert_close(dx, dout * (1 - p), what="dx", rule="dout for p = 0, zeros for p = 1")


@hint("Everything that backward needs goes into the cache; nothing may be kept in a global variable.")
def test_caches_belong_to_their_call(student, rng):
    """Three layers run forward before any runs backward, and each gets its own gradients."""
    generator, shape = student.rng(seed_from(rng)), (9, 11)
    runs = []
    for p, train in [(0.3, True), (0.6, True), (0.6, False)]:
        x = away_from_zero(rng, shape)
        runs.append((p if train else 0.0, *forward(student, x, p, train, generator)))
    for p, out, cache in runs:
        some_are_kept(out, p)
        for _ in range(2):  # a cache may be used again
            dout = rng.normal(size=shape)
            expected = np.where(out == 0, 0.0, dout / (1 - p))
            dx = student.dropout_backward(dout.copy(), cache)
            assert_close(dx, expected, what="dx", rule="by the mask and the p of the same call", rtol=RTOL)


@hint("Use the rng that is given: neither np.random nor a generator of your own, and no seed.")
def test_the_generator_decides(student, rng):
    """The same seed drops the same elements, another seed or a second call drops others."""
    x, seed = away_from_zero(rng, (30, 40)), seed_from(rng)
    generator = student.rng(seed)
    (first, _), (again, _) = (forward(student, x, 0.5, True, generator) for _ in range(2))
    (same, _), (other, _) = (forward(student, x, 0.5, True, s) for s in (seed, seed + 1))
    assert_equal(same == 0, first == 0, what="what is dropped", rule="the same with another generator of the same seed")
    for out, what in [(again, "a second call with the same generator"), (other, "a generator of another seed")]:
        agree = np.mean((out == 0) == (first == 0))  # 1/2 by chance, sigma 0.0145
        check(abs(agree - 0.5) <= 0.09, f"{what} drops the same elements", f"{agree:.3f} of them agree")


@weight(0.5)
@hint("Make new arrays: `x * mask`, not `x *= mask` or `x[mask] = 0`.")
def test_arguments_are_not_changed(student, rng):
    """Neither x nor dout is changed, in training and in evaluation, for any p."""
    for p, train in [(0.3, True), (1.0, True), (0.0, True), (0.3, False)]:
        x, dout = rng.normal(size=(5, 8)), rng.normal(size=(5, 8))
        x_before, dout_before = x.copy(), dout.copy()
        out, cache = student.dropout_forward(x, p, train, student.rng(seed_from(rng)))
        student.dropout_backward(dout, cache)
        if p < 1:
            some_are_kept(as_array(out, "out"), p)
        assert_equal(x, x_before, what="x after the calls", rule="as it was before")
        assert_equal(dout, dout_before, what="dout after the calls", rule="as it was before")

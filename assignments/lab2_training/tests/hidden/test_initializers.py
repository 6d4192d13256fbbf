"""Lab 2, initial weights: the tests that grade."""

import math

import numpy as np
import pytest
from oracles_initializers import correlations, cumulative, variance

from autograder.testing import as_array, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.1")

NAMES = ("xavier", "he")
DISTRIBUTIONS = ("normal", "uniform")
FOURTH_MOMENT = {"normal": 3.0, "uniform": 1.8}  # in units of the squared variance
SIGMAS = 5.5  # by chance once in 26 million


def draw(student, name, shape, source, *arguments):
    """The student's weights as an array of float64; `source` is a seed, or a generator beside the student's code."""
    result = student[name](shape, student.rng(source) if isinstance(source, int) else source, *arguments)
    assert_shape(result, shape, f"the weights of {name}", "the shape that is asked for")
    found = as_array(result, f"the weights of {name}")
    check(found.dtype.kind == "f", f"the weights of {name} are not floats")
    check(np.isfinite(found).all(), f"the weights of {name} are not all finite")
    return found.astype(np.float64)


def seed_from(rng):
    """Any seed."""
    return int(rng.integers(1 << 30))


def check_variance(found, expected, distribution, what):
    """The variance, judged by the sampling error of a mean of squares."""
    ratio = np.mean(np.square(found)) / expected
    sigma = math.sqrt((FOURTH_MOMENT[distribution] - 1) / found.size)
    detail = f"expected {expected:.6g}, got {ratio * expected:.6g}, {ratio:.4f} times as much"
    check(abs(ratio - 1) <= SIGMAS * sigma, f"the variance of {what}, {distribution}, is wrong", detail)


@weight(2)
@hint("A dense layer's shape is (fan_in, fan_out): xavier takes 2 / (their sum), he 2 / the first.")
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_variance_of_a_dense_layer(student, rng, distribution):
    """A dense layer's weights have the variance of the formula, for wide and for narrow layers."""
    for name in NAMES:
        for shape in [(400, 150), (90, 500), (20_000, 3), (1, 30_000)]:
            found = draw(student, name, shape, seed_from(rng), distribution)
            check_variance(found, variance(name, shape), distribution, f"{name}'s dense weights")


@weight(2)
@hint("fan_in is shape[1] * kh * kw and fan_out is shape[0] * kh * kw: a convolution's filters come first.")
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_variance_of_a_convolution(student, rng, distribution):
    """A convolution's weights have the variance of the formula: fans C * kh * kw and F * kh * kw."""
    for name in NAMES:
        for shape in [(96, 24, 3, 5), (16, 128, 5, 2), (200, 90, 1, 1)]:
            found = draw(student, name, shape, seed_from(rng), distribution)
            check_variance(found, variance(name, shape), distribution, f"{name}'s convolution weights")


@weight(1.5)
@hint("rng.normal(0, std) or std * rng.standard_normal(); rng.uniform(-a, a) with a = sqrt(3) * std.")
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_distribution_is_the_one_asked_for(student, rng, distribution):
    """Up to any multiple of the standard deviation, the share of the weights is that of the distribution."""
    points = np.array([-2.5, -1.9, -1.75, -1.7, -1.2, -0.6, -0.2, 0.0, 0.2, 0.6, 1.2, 1.7, 1.75, 1.9, 2.5])
    expected = cumulative(points, distribution)
    for name in NAMES:
        for shape in [(300, 200), (60, 50, 4, 5)]:
            found = draw(student, name, shape, seed_from(rng), distribution) / math.sqrt(variance(name, shape))
            share = (found[..., None] <= points).mean(axis=tuple(range(found.ndim)))
            sigma = np.sqrt(expected * (1 - expected) / found.size)
            detail = "\n".join(
                f"up to {point:5.2f} standard deviations: expected {want:.4f} of the weights, got {got:.4f}"
                for point, want, got in zip(points, expected, share, strict=True)
            )
            # A float32 bound may lie a rounding error outside of the exact one, but not 1 % of it.
            ok = np.all(np.abs(share - expected) <= SIGMAS * sigma + 1e-12)
            check(ok, f"{name}'s weights are not {distribution} with the right variance and mean 0", detail)


@hint("Draw positive and negative weights alike.")
def test_the_mean_is_zero(student, rng):
    """Weights have mean 0, as a whole and in every unit or filter."""
    for name in NAMES:
        for distribution in DISTRIBUTIONS:
            for shape, axes in [((3000, 20), 0), ((25, 40, 5, 8), (1, 2, 3))]:
                found = draw(student, name, shape, seed_from(rng), distribution)
                means = found.mean(axis=axes)
                sigma = math.sqrt(variance(name, shape) / (found.size / means.size))
                detail = f"expected 0 within {SIGMAS * sigma:.3g}, got up to {np.abs(means).max():.3g}"
                check(np.abs(means).max() <= SIGMAS * sigma, f"{name}'s weights do not have mean 0", detail)


@hint("One draw of the whole shape: no row, column, filter or kernel may repeat another.")
def test_weights_are_independent(student, rng):
    """No weight tells anything about another one, along any axis, for normal and for uniform weights."""
    for name in NAMES:
        for distribution in DISTRIBUTIONS:
            for shape in [(120, 90), (12, 10, 6, 9)]:
                found = draw(student, name, shape, seed_from(rng), distribution)
                for axis, lag, value in correlations(found):
                    detail = f"correlation {value:.3f} of weights {lag} apart along axis {axis}"
                    limit = SIGMAS / math.sqrt(found.size)
                    check(abs(value) <= limit, f"{name}'s weights are not independent of each other", detail)


@hint("Never make or reseed a generator inside: two layers of one shape would start as twins.")
def test_layers_from_one_generator_differ(student, rng):
    """Layers drawn one after the other from one generator have nothing in common."""
    for name in NAMES:
        for distribution in DISTRIBUTIONS:
            generator = student.rng(seed_from(rng))
            first, second = (draw(student, name, (60, 50), generator, distribution) for _ in range(2))
            close = abs(np.mean(first * second) / np.mean(first**2)) <= SIGMAS / math.sqrt(first.size)
            check(close, f"a second layer of {name} from the same generator is like the first")


@hint("Take every random number from the given rng: neither from np.random nor from a generator of your own.")
def test_the_seed_decides(student, rng):
    """Two generators of one seed give the same weights, generators of other seeds give others."""
    for name in NAMES:
        for distribution in DISTRIBUTIONS:
            seed = seed_from(rng)
            first, same, other = (draw(student, name, (9, 7), s, distribution) for s in (seed, seed, seed + 1))
            assert_equal(same, first, what=f"{name}'s weights, a second time", rule="the same seed, the same weights")
            check(not (other == first).any(), f"{name} gives the same weights whatever the generator")


@weight(0.5)
@hint("Look at the length of the shape, not at the lengths in it: a convolution may have 1 x 1 kernels or one channel.")
def test_shapes_with_ones(student, rng):
    """Layers with a single input, unit, channel, filter or pixel get weights of their shape and the right size."""
    for name in NAMES:
        for shape in [(1, 1), (5, 1), (1, 6), (1, 1, 1, 1), (4, 1, 3, 3), (1, 3, 1, 7)]:
            generator = student.rng(seed_from(rng))
            for kind, draws in (("uniform", 40), ("normal", 120)):
                found = np.stack([draw(student, name, shape, generator, kind) for _ in range(draws)])
                check_variance(found, variance(name, shape), kind, f"{name}'s weights of a layer with a length of 1")


@weight(0.5)
@hint('Give `distribution` the default "normal", and raise ValueError for a name that you do not know.')
def test_names_of_distributions(student, rng):
    """Without a distribution the weights are normal, and a name that is neither raises ValueError."""
    for name in NAMES:
        found = draw(student, name, (200, 100), seed_from(rng)) / math.sqrt(variance(name, (200, 100)))
        beyond = np.mean(np.abs(found) > 1.8)  # none of a uniform distribution, 7 % of a normal one
        check(beyond > 0.05, f"without a distribution, the weights of {name} are not normal")
        with pytest.raises(ValueError):
            student[name]((4, 3), student.rng(0), "gaussian")

"""Lab 2, initial weights: the tests that you have."""

import numpy as np

from autograder.testing import as_array, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("2.1")


def weights(student, name, shape, seed, distribution):
    """The student's weights as an array of floats of this shape."""
    result = student[name](shape, student.rng(seed), distribution)
    assert_shape(result, shape, "the weights", "the shape that is asked for")
    found = as_array(result, "the weights")
    check(found.dtype.kind == "f", "the weights are not floats")
    return found.astype(np.float64)


def check_variance(found, variance, what, within):
    """The mean square of the weights is this variance, within a fraction of it."""
    ratio = np.mean(np.square(found)) / variance
    detail = f"expected {variance:.6g}, got {ratio * variance:.6g}, {ratio:.4f} times as much"
    check(abs(ratio - 1) <= within, f"the variance of {what} is not what it should be", detail)


@hint("rng.normal takes a standard deviation, not a variance; on (-a, a), a uniform variance is a^2 / 3.")
def test_variance_of_a_million_weights(student):
    """A dense layer's 1,000,000 weights have the variance of the formula within 1 %."""
    # 1 % is 7 sigma for normal and 11 for uniform numbers: the relative sigma is sqrt(2 / 10^6) and sqrt(0.8 / 10^6).
    for seed, distribution in enumerate(("normal", "uniform")):
        found = weights(student, "xavier", (500, 2000), seed, distribution)
        check_variance(found, 2 / 2500, f"xavier's weights, {distribution},", 0.01)
        found = weights(student, "he", (500, 2000), seed, distribution)
        check_variance(found, 2 / 500, f"he's weights, {distribution},", 0.01)


@hint("A filter looks at kh * kw pixels in each of C channels: the kernel's area belongs into both fans.")
def test_variance_of_a_convolution(student):
    """40 filters over 60 channels with kernels of 3 x 5 have fan_in 900 and fan_out 600."""
    for seed, distribution in enumerate(("normal", "uniform")):
        # 36,000 weights: 5 % is 6.7 sigma for normal numbers, and more for uniform ones.
        found = weights(student, "xavier", (40, 60, 3, 5), seed, distribution)
        check_variance(found, 2 / 1500, f"xavier's convolution, {distribution},", 0.05)
        found = weights(student, "he", (40, 60, 3, 5), seed, distribution)
        check_variance(found, 2 / 900, f"he's convolution, {distribution},", 0.05)


@hint("Return an array of the shape that is asked for, drawn anew in each call.")
def test_weights_differ_from_each_other(student):
    """Units of a layer start different: with equal weights they would stay equal for ever."""
    for name in ("xavier", "he"):
        for shape in ((7, 4), (3, 2, 5, 3)):
            found = weights(student, name, shape, 0, "uniform")
            check(len(np.unique(found)) > 0.9 * found.size, f"{name} gives the same number to many weights")
            check(found.min() < 0 < found.max(), f"the weights of {name} do not lie on both sides of 0")


@hint("Take every random number from the given rng: neither from np.random nor from a generator of your own.")
def test_the_seed_decides(student):
    """Two generators of one seed give the same weights, generators of other seeds give others."""
    for name in ("xavier", "he"):
        first, same, other = (weights(student, name, (6, 5), seed, "normal") for seed in (1, 1, 2))
        check(bool(np.isfinite(first).all()), f"the weights of {name} are not all finite")
        assert_equal(same, first, what=f"the weights of {name}, a second time", rule="the same seed, the same weights")
        check(not (other == first).any(), f"{name} gives the same weights whatever the generator")


@weight(0.5)
@hint("With a mean square too small by a factor of 2 in every layer, 1/1,000,000 of it is left after 20 layers.")
def test_a_signal_survives_twenty_layers(student):
    """Through 20 ReLU layers with He's weights, and 20 linear ones with Xavier's, a signal keeps its size."""
    for name, through in (("he", lambda z: np.maximum(z, 0)), ("xavier", lambda z: z)):
        rng = student.rng(4)
        signal = np.random.default_rng(5).normal(size=(64, 256))
        before = np.mean(signal**2)
        for _ in range(20):
            signal = through(signal @ np.asarray(student[name]((256, 256), rng), dtype=np.float64))
        # Over 300 seeds the ratio lay between 0.19 and 3.2; a factor of 2 in each layer makes a million.
        ratio = np.mean(signal**2) / before
        check(
            1 / 50 <= ratio <= 50, f"a signal grows or dies through 20 layers of {name}", f"by a factor of {ratio:.3g}"
        )

"""Lab 2, batch normalization backward: the tests that grade."""

import probes
import torch
from oracles_normalization import batch_norm_gradients, batch_statistics, varied

from autograder.testing import assert_close, assert_equal, check, hint, question, weight

pytestmark = question("2.5")

EPS = 1e-9  # so small that a test of something else does not notice it
FLAT, IMAGES = [(7, 3), (4, 6), (9, 1)], [(2, 3, 4, 5), (5, 4, 3), (1, 2, 3, 2), (3, 5, 1, 1)]
NAMES = ("dx", "dgamma", "dbeta")


def batch(rng, shape, dtype=torch.float64):
    """dy, x and gamma; features of different means and spreads."""
    per_feature = (1, shape[1]) + (1,) * (len(shape) - 2)
    spread, centre = rng.uniform(0.5, 3, size=per_feature), rng.uniform(-3, 3, size=per_feature)
    values = rng.normal(size=shape), varied(rng, shape) * spread + centre, rng.normal(size=shape[1])
    return tuple(torch.from_numpy(value).to(dtype) for value in values)


def running_statistics(rng, features):
    """A mean and a variance that are no batch's."""
    return torch.from_numpy(rng.normal(size=features)), torch.from_numpy(rng.uniform(0.5, 2, size=features))


def in_training(student, dy, x, gamma, eps=EPS):
    """What the student's code gives with the batch's own statistics, and what is right."""
    right = batch_norm_gradients(dy, x, gamma, eps)
    mean, var = (value.to(x.dtype) for value in batch_statistics(x))
    return student.batchnorm_backward(dy.clone(), x.clone(), gamma, mean, var, eps, True), right


def in_evaluation(student, dy, x, gamma, running, eps=EPS):
    """What the student's code gives with running statistics, and what is right."""
    right = batch_norm_gradients(dy, x, gamma, eps, running)
    return student.batchnorm_backward(dy.clone(), x.clone(), gamma, *running, eps, False), right


@weight(3)
@hint("dx has three parts: directly, through the mean, and through the variance; the last two average over the batch.")
def test_dx_in_training(student, rng):
    """In training dx is right for any upstream gradient."""
    for shape in FLAT:
        (dx, _, _), right = in_training(student, *batch(rng, shape))
        assert_close(dx, right[0], what="dx", rule="directly, through the mean and through the variance")


@weight(1.5)
@hint("dgamma is the sum over the batch of dy times the normalized x; it is no average.")
def test_dgamma(student, rng):
    """dgamma is the sum of dy times the normalized x, in both modes."""
    for shape in FLAT:
        dy, x, gamma = batch(rng, shape)
        (_, dgamma, _), right = in_training(student, dy, x, gamma)
        assert_close(dgamma, right[1], what="dgamma in training", rule="the sum of dy * (x - mean) / sqrt(var + eps)")
        (_, dgamma, _), right = in_evaluation(student, dy, x, gamma, running_statistics(rng, shape[1]))
        assert_close(dgamma, right[1], what="dgamma in evaluation", rule="with the mean and var that are given")


@hint("beta is added to every sample: its gradient is the sum of dy over the batch, not the mean.")
def test_dbeta(student, rng):
    """dbeta is the sum of dy, in both modes."""
    for shape in FLAT:
        dy, x, gamma = batch(rng, shape)
        (_, _, dbeta), right = in_training(student, dy, x, gamma)
        assert_close(dbeta, right[2], what="dbeta in training", rule="the sum of dy, shape (features,)")
        (_, _, dbeta), right = in_evaluation(student, dy, x, gamma, running_statistics(rng, shape[1]))
        assert_close(dbeta, right[2], what="dbeta in evaluation", rule="the sum of dy, shape (features,)")


@weight(2)
@hint("In evaluation mean and var are constants: dx is dy * gamma / sqrt(var + eps), and nothing is averaged.")
def test_dx_in_evaluation(student, rng):
    """In evaluation mode only the direct way from x to y counts, also for images and for one sample."""
    for shape in [*FLAT, *IMAGES, (1, 4)]:
        (dx, _, _), right = in_evaluation(student, *batch(rng, shape), running_statistics(rng, shape[1]))
        assert_close(dx, right[0], what="dx in evaluation mode", rule="mean and var do not depend on x")


@weight(2)
@hint("Average over as many values as a channel has, N * height * width; dgamma and dbeta have one number a channel.")
def test_images(student, rng):
    """For images and sequences, sums and averages go over the batch and all places."""
    for shape in IMAGES:
        for name, got, want in zip(NAMES, *in_training(student, *batch(rng, shape)), strict=True):
            assert_close(got, want, what=f"{name} of x with {len(shape)} axes", rule="over all axes but axis 1")


@hint("With N = 2 nearly everything cancels: look at the 1/N of both averages, and that it is no 1/(N - 1).")
def test_two_samples(student, rng):
    """Two samples become +-1 whatever they are, so the three parts of dx cancel."""
    for shape in ((2, 5), (1, 3, 2), (2, 4, 1, 1)):
        for name, got, want in zip(NAMES, *in_training(student, *batch(rng, shape)), strict=True):
            assert_close(got, want, what=f"{name} of two values", rule="over all axes but axis 1")


@hint("eps is added to the variance before the root is taken, everywhere where the root stands.")
def test_large_eps(student, rng):
    """Where eps is as large as the variance it counts, in all three gradients and in both modes."""
    for eps in (2.0, 15.0):
        dy, x, gamma = batch(rng, (6, 4))
        for name, got, want in zip(NAMES, *in_training(student, dy, x, gamma, eps), strict=True):
            assert_close(got, want, what=f"{name} in training", rule="sqrt(var + eps)")
        running = running_statistics(rng, 4)
        for name, got, want in zip(NAMES, *in_evaluation(student, dy, x, gamma, running, eps), strict=True):
            assert_close(got, want, what=f"{name} in evaluation", rule="sqrt(var + eps)")


@hint("Compute the normalized x from x, mean and var; y / gamma does not give it back where gamma is 0.")
def test_special_features(student, rng):
    """A feature with gamma = 0, and one that is the same in all samples, get finite and right gradients."""
    dy, x, gamma = batch(rng, (6, 4))
    gamma[1] = 0
    x[:, 2] = 0.75
    for name, got, want in zip(NAMES, *in_training(student, dy, x, gamma, 1e-5), strict=True):
        assert_close(got, want, what=name, rule="also where gamma or the variance is 0")


@hint("Use neither .float() nor .double(), and make new tensors with the dtype of x.")
def test_dtypes(student, rng):
    """The gradients have the dtype of x, and are as exact as that allows, in float32 and in float64."""
    for dtype, rtol in ((torch.float32, 1e-4), (torch.float64, 1e-6)):
        for train in (True, False):
            dy, x, gamma = batch(rng, (64, 5), dtype)
            running = None if train else tuple(value.to(dtype) for value in running_statistics(rng, 5))
            call = in_training if train else in_evaluation
            found = call(student, dy, x, gamma) if train else call(student, dy, x, gamma, running)
            for name, got, want in zip(NAMES, *found, strict=True):
                kind = str(dtype).removeprefix("torch.")
                assert_close(got, want, rtol=rtol, relative_to_largest=True, what=f"{name} in {kind}")
                check(getattr(got, "dtype", None) is dtype, f"{name} of {kind} numbers is not {kind}")


@weight(0.5)
@hint("Work on new tensors, keep nothing from one call to the next, and return a new tensor each time.")
def test_calls_do_not_disturb_each_other(student, rng):
    """No argument is changed, and results of a call stay right after later calls."""
    calls = []
    for shape in ((4, 3), (4, 3), (2, 3, 2, 2)):
        dy, x, gamma = batch(rng, shape)
        calls.append([dy, x, gamma, *batch_statistics(x), EPS, True])
        calls.append([dy, x, gamma, *running_statistics(rng, 3), EPS, False])
    before = [[value.clone() for value in call[:5]] for call in calls]
    results = student.run(probes.call_each, student.batchnorm_backward, calls)
    for call, then, result in zip(calls, before, results, strict=True):
        dy, x, gamma, *running = then
        right = batch_norm_gradients(dy, x, gamma, EPS, None if call[-1] else running)
        for name, got, want in zip(NAMES, result, right, strict=True):
            assert_close(got, want, what=name, rule="unchanged by later calls")
        for name, now, value in zip(("dy", "x", "gamma", "mean", "var"), call[:5], then, strict=True):
            assert_equal(now.numpy(), value.numpy(), what=f"{name} after the calls", rule="as it was before")

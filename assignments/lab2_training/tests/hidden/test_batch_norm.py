"""Lab 2, batch normalization: the tests that grade."""

import probes
import torch
from oracles_normalization import batch_norm, batch_norm_gradients, batch_statistics, varied

from autograder.testing import assert_close, assert_equal, check, hint, question, weight

pytestmark = question("2.4")

EPS = 1e-5  # the default; numbers are so large that only tests of eps notice it
SHAPES = [(7, 3), (4, 6), (5, 1), (2, 3), (3, 4, 5), (5, 3, 2, 4), (1, 2, 3, 2)]


def numbers(rng, *shape, dtype=torch.float64):
    """Features of different means and large spreads, shape (N, features, ...); or plain numbers, shape (features,)."""
    if len(shape) == 1:
        return torch.from_numpy(rng.normal(size=shape))
    per_feature = (1, shape[1]) + (1,) * (len(shape) - 2)
    spread, centre = rng.uniform(100, 600, size=per_feature), rng.uniform(-600, 600, size=per_feature)
    return torch.from_numpy(varied(rng, shape) * spread + centre).to(dtype)


def variances(rng, *shape):
    """Variances like those of `numbers`."""
    return torch.from_numpy(rng.uniform(100, 600, size=shape) ** 2)


def layer(student, rng, features, **options):
    """A layer in float64 with random gamma and beta, and these."""
    bn = student.BatchNorm(features, dtype=torch.float64, **options)
    gamma, beta = numbers(rng, features), numbers(rng, features)
    student.run(probes.set_tensors, bn, gamma=gamma, beta=beta)
    return bn, gamma, beta


def moved(running, x, momentum):
    """The running statistics after a batch."""
    new = batch_statistics(x, correction=1)
    return tuple((1 - momentum) * old + momentum * value for old, value in zip(running, new, strict=True))


def assert_statistics(bn, expected, when, rule):
    """Compare both running statistics."""
    for name, value in zip(("running_mean", "running_var"), expected, strict=True):
        assert_close(getattr(bn, name), value, what=f"{name} {when}", rule=rule)


@weight(2)
@hint("Mean and biased variance over every axis but axis 1; (x - mean) / sqrt(var + eps) * gamma + beta.")
def test_training(student, rng):
    """In training mode the batch's own mean and biased variance normalize, for samples, sequences and images."""
    for shape in SHAPES:
        bn, gamma, beta = layer(student, rng, shape[1])
        x = numbers(rng, *shape)
        rule = "mean and biased variance of the batch, over all axes but axis 1"
        expected = batch_norm(x, gamma, beta, EPS)
        assert_close(bn(x), expected, what=f"y of x with {len(shape)} axes", rule=rule)


@hint("eps is added to the variance before the root is taken, and it is the one that the layer was made with.")
def test_eps_is_inside_the_root(student, rng):
    """Where eps is as large as the variance, y is (x - mean) / sqrt(var + eps), in both modes."""
    for eps, options in ((0.3, {"eps": 0.3}), (2.0, {"eps": 2.0}), (EPS, {})):
        bn = student.BatchNorm(4, dtype=torch.float64, **options)
        ones, zeros = torch.ones(4), torch.zeros(4)
        x = numbers(rng, 6, 4) * (eps**0.5 / 300)
        expected = batch_norm(x, ones, zeros, eps)
        assert_close(bn(x), expected, what="y in training mode", rule="sqrt(var + eps)")
        running = numbers(rng, 4), variances(rng, 4) * (eps / 300**2)
        student.run(probes.set_tensors, bn, running_mean=running[0], running_var=running[1])
        bn.eval()
        expected = batch_norm(x, ones, zeros, eps, running)
        assert_close(bn(x), expected, what="y in evaluation mode", rule="sqrt(running_var + eps)")


@hint("A feature that never varies has variance 0: eps keeps the division from failing.")
def test_a_constant_feature(student, rng):
    """A feature that is the same in all samples becomes its beta."""
    bn, gamma, beta = layer(student, rng, 3)
    x = numbers(rng, 5, 3)
    x[:, 1] = 0.75
    expected = batch_norm(x, gamma, beta, EPS)
    assert_close(bn(x), expected, what="y", rule="0 / sqrt(0 + eps) is 0")


@weight(2)
@hint("running = (1 - momentum) * running + momentum * new, with the variance that divides by N - 1; one step a call.")
def test_running_statistics(student, rng):
    """Over several small batches the running statistics follow the means and the unbiased variances."""
    for momentum in (0.1, 0.75, 1.0):
        bn, _, _ = layer(student, rng, 3, momentum=momentum)
        running = torch.zeros(3), torch.ones(3)
        for samples in (4, 2, 6):
            x = numbers(rng, samples, 3)
            running = moved(running, x, momentum)
            bn(x)
            rule = "momentum weighs the new value, and the new variance is the unbiased one"
            assert_statistics(bn, running, "after a batch", rule)


@hint("The unbiased variance divides by the number of values less one, and a channel has N * height * width values.")
def test_running_statistics_of_images(student, rng):
    """For images every pixel counts as a value, in the mean as in the unbiased variance."""
    for shape in ((2, 3, 2, 3), (1, 3, 4, 2), (3, 3, 5)):
        bn, _, _ = layer(student, rng, 3, momentum=0.3)
        x = numbers(rng, *shape)
        expected = moved((torch.zeros(3), torch.ones(3)), x, 0.3)
        bn(x)
        rule = "all pixels of all images of the batch are values of the channel"
        assert_statistics(bn, expected, "after a batch of images", rule)


@weight(2)
@hint("In evaluation mode read the running statistics and write nothing; nothing of the batch is averaged.")
def test_evaluation(student, rng):
    """Evaluation normalizes any batch, also of one sample, by what the running statistics hold, and moves nothing."""
    for shape in [*SHAPES, (1, 4)]:
        bn, gamma, beta = layer(student, rng, shape[1])
        running = numbers(rng, shape[1]), variances(rng, shape[1])
        student.run(probes.set_tensors, bn, running_mean=running[0], running_var=running[1])
        bn.eval()
        x = numbers(rng, *shape)
        expected = batch_norm(x, gamma, beta, EPS, running)
        assert_close(bn(x), expected, what="y in evaluation mode", rule="normalized by the running statistics alone")
        assert_statistics(bn, running, "after a call in evaluation mode", "as it was before")
        running = numbers(rng, shape[1]), variances(rng, shape[1])
        student.run(probes.set_tensors, bn, running_mean=running[0], running_var=running[1])
        expected = batch_norm(x, gamma, beta, EPS, running)
        rule = "normalized by what the running statistics hold now"
        assert_close(bn(x), expected, what="y in evaluation mode after others were set", rule=rule)
    bn, _, _ = layer(student, rng, 3, momentum=0.3)
    running = numbers(rng, 3), variances(rng, 3)
    student.run(probes.set_tensors, bn, running_mean=running[0], running_var=running[1])
    x = numbers(rng, 5, 3)
    bn(x)
    assert_statistics(bn, moved(running, x, 0.3), "after a batch", "moved from what was set before the first call")


@hint("train() and eval() only switch; the running statistics that training left are what evaluation uses.")
def test_going_back_and_forth(student, rng):
    """Evaluation uses what training has gathered, and training goes on afterwards where it stopped."""
    bn, gamma, beta = layer(student, rng, 3)
    running = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    for _ in range(2):
        bn.train()
        x = numbers(rng, 4, 3)
        expected, running = batch_norm(x, gamma, beta, EPS), moved(running, x, 0.1)
        assert_close(bn(x), expected, what="y in training mode", rule="normalized by the statistics of the batch")
        bn.eval()
        x = numbers(rng, 5, 3)
        expected = batch_norm(x, gamma, beta, EPS, running)
        assert_close(bn(x), expected, what="y in evaluation mode", rule="normalized by the running statistics")


@hint("Keep the tensors and the mode in self, made anew in __init__; nothing in the class or in the module.")
def test_layers_share_nothing(student, rng):
    """Two layers, called in turn, each have their own parameters, running statistics and mode."""
    (first, gamma, beta), (second, _, _) = layer(student, rng, 3), layer(student, rng, 3, momentum=0.5)
    mine, other = numbers(rng, 4, 3), numbers(rng, 6, 3)
    start, expected = (torch.zeros(3), torch.ones(3)), batch_norm(mine, gamma, beta, EPS)
    statistics = moved(start, mine, 0.1), moved(start, other, 0.5)
    first(mine.clone())
    second(other)
    assert_statistics(first, statistics[0], "of the first layer", "a second layer does not change it")
    assert_statistics(second, statistics[1], "of the second layer", "the first layer does not change it")
    second.eval()
    assert_close(first(mine), expected, what="y of the first layer", rule="the second one's mode is its own")


@hint("Count the values of a feature before you divide by that number less one; raise ValueError before any update.")
def test_one_value_in_training(student, rng):
    """A single value of each feature raises ValueError in training mode, and leaves the running statistics alone."""
    for one, two in (((1, 3), (2, 3)), ((1, 3, 1, 1), (1, 3, 2, 1))):
        bn, gamma, beta = layer(student, rng, 3)
        x = numbers(rng, *two)
        expected, before = batch_norm(x, gamma, beta, EPS), moved((torch.zeros(3), torch.ones(3)), x, 0.1)
        assert_close(bn(x), expected, what="y of two values", rule="two values are enough")
        try:
            bn(numbers(rng, *one))
        except ValueError:
            assert_statistics(bn, before, "after the ValueError", "as it was before the call")
        else:
            check(False, "training on a single value of each feature raises no ValueError")


@hint("Only the update of the running statistics goes under torch.no_grad(); y is computed outside of it.")
def test_autograd_goes_through(student, rng):
    """Autograd finds the gradients by x, gamma and beta, and the running statistics stay out of its graph."""
    for shape in ((5, 3), (2, 3, 2, 2)):
        bn, gamma, _ = layer(student, rng, 3)
        x, dy = numbers(rng, *shape), numbers(rng, *shape)
        student.BatchNorm(3, dtype=torch.float64)(x)  # by itself: it must not be torch's own layer
        expected = batch_norm_gradients(dy, x, gamma, EPS)
        *gradients, kept = student.run(probes.batch_norm_gradients, bn, x, dy)
        for name, got, want in zip(("x", "gamma", "beta"), gradients, expected, strict=True):
            check(got is not None, f"autograd finds no way from y to {name}")
            rule = "also by way of the batch's mean and variance"
            assert_close(got, want, what=f"autograd's gradient by {name}", rule=rule)
        check(not kept, f"after training, the running statistics require a gradient: {' and '.join(kept)}")


@hint("Make tensors with the layer's dtype, and neither .float() nor .double() in the forward pass.")
def test_dtypes(student, rng):
    """y has the dtype of x, and is as exact as that allows, in float32 and in float64."""
    for dtype, name, rtol in ((torch.float32, "float32", 1e-4), (torch.float64, "float64", 1e-6)):
        is_default = str(dtype) == student.run(probes.default_dtype)
        options = [{"dtype": dtype}, *([{}] if is_default else [])]
        for option in options:
            bn, x = student.BatchNorm(5, **option), numbers(rng, 64, 5, dtype=dtype)
            expected = batch_norm(x, torch.ones(5), torch.zeros(5), EPS)
            for tensor in ("gamma", "beta", "running_mean", "running_var"):
                check(_dtype(getattr(bn, tensor)) is dtype, f"{tensor} of a {name} layer is not {name}")
            y = bn(x)
            assert_close(y, expected, rtol=rtol, relative_to_largest=True, what=f"y in {name}")
            check(_dtype(y) is dtype, f"y of {name} numbers is not {name}")
            for tensor in ("running_mean", "running_var"):
                check(_dtype(getattr(bn, tensor)) is dtype, f"{tensor} of a {name} layer is not {name} after a batch")


@weight(0.5)
@hint("Work on new tensors: `x = x - mean` makes one, `x -= mean` changes the caller's.")
def test_input_is_not_changed(student, rng):
    """The batch is not changed, in neither mode."""
    bn, gamma, beta = layer(student, rng, 3)
    x = numbers(rng, 2, 3, 2, 2)
    before = x.clone()
    assert_close(bn(x), batch_norm(before, gamma, beta, EPS), what="y", rule="looked at first")
    assert_equal(x.numpy(), before.numpy(), what="x after a call in training mode", rule="as it was before")
    bn.eval()
    bn(x)
    assert_equal(x.numpy(), before.numpy(), what="x after a call in evaluation mode", rule="as it was before")


@weight(0.5)
@hint("Return a new tensor from every call.")
def test_results_stay(student, rng):
    """The results of a call stay right after later calls, in both modes."""
    bn, gamma, beta = layer(student, rng, 3)
    batches = [numbers(rng, 4, 3) for _ in range(3)]
    student.BatchNorm(3, dtype=torch.float64)(batches[0])  # by itself: it must not be torch's own layer
    for x, y in zip(batches, student.run(probes.call_each, bn, [[x.clone()] for x in batches]), strict=True):
        assert_close(y, batch_norm(x, gamma, beta, EPS), what="y in training mode", rule="also after later calls")
    running = numbers(rng, 3), variances(rng, 3)
    student.run(probes.set_tensors, bn, running_mean=running[0], running_var=running[1])
    bn.eval()
    for x, y in zip(batches, student.run(probes.call_each, bn, [[x.clone()] for x in batches]), strict=True):
        expected = batch_norm(x, gamma, beta, EPS, running)
        assert_close(y, expected, what="y in evaluation mode", rule="also after later calls")


def _dtype(tensor):
    """The dtype of a tensor of the student's, None if it is no tensor."""
    return getattr(tensor, "dtype", None)

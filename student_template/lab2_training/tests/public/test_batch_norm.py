"""Lab 2, batch normalization: the tests that you have."""

import probes
import torch

from autograder.testing import assert_close, assert_equal, assert_follows_device, hint, question

pytestmark = question("2.4")

# The handout's worked example: means 2 and 10, biased variances 4 and 16, unbiased ones 5 and 20.
X = torch.tensor([[6.0, 16.0], [1.0, 4.0], [1.0, 12.0], [1.0, 8.0], [1.0, 10.0]], dtype=torch.float64)
NORMAL = torch.tensor([[2.0, 1.5], [-0.5, -1.5], [-0.5, 0.5], [-0.5, -0.5], [-0.5, 0.0]], dtype=torch.float64)


CLOSE = 1e-4  # eps, 1e-5 where nothing else is asked for, moves y by less than 1e-5; with gamma by less than 1e-4


def layer(student, features=2, **options):
    """A layer in float64."""
    return student.BatchNorm(features, dtype=torch.float64, **options)


@hint("Take mean and variance over the batch, axis 0; the variance that normalizes is sum / N.")
def test_training_on_the_worked_example(student):
    """A new layer brings each feature of a batch to mean 0 and variance 1."""
    y = layer(student)(X)
    assert_close(y, NORMAL, atol=CLOSE, what="y", rule="(x - mean) / sqrt(var + eps), mean and var of the batch")


@hint("Multiply by gamma and add beta after the normalization, one number for each feature.")
def test_scale_and_shift(student):
    """Each feature is multiplied by its gamma and moved by its beta, as they are when the layer is called."""
    bn = layer(student)
    assert_close(bn.gamma, torch.ones(2), what="gamma of a new layer", rule="ones, shape (features,)")
    assert_close(bn.beta, torch.zeros(2), what="beta of a new layer", rule="zeros, shape (features,)")
    values = {"gamma": torch.tensor([2.0, 10.0]), "beta": torch.tensor([1.0, -1.0])}
    student.run(probes.set_tensors, bn, **values)
    expected = torch.tensor([[5.0, 14.0], [0.0, -16.0], [0.0, 4.0], [0.0, -6.0], [0.0, -1.0]])
    assert_close(bn(X), expected, atol=CLOSE, what="y", rule="normalized * gamma + beta")


@hint("running = (1 - momentum) * running + momentum * new; the new variance is sum / (N - 1) here, not sum / N.")
def test_running_statistics_of_the_worked_example(student):
    """A batch moves the running statistics by `momentum` of the way, the variance towards the unbiased one."""
    bn = layer(student, momentum=0.25)
    assert_close(bn.running_mean, torch.zeros(2), what="running_mean of a new layer", rule="zeros, shape (features,)")
    assert_close(bn.running_var, torch.ones(2), what="running_var of a new layer", rule="ones, shape (features,)")
    bn(X)
    # The unbiased variances are 20 / 4 = 5 and 80 / 4 = 20.
    rule = "(1 - momentum) * old + momentum * new"
    assert_close(bn.running_mean, torch.tensor([0.5, 2.5]), what="running_mean after one batch", rule=rule)
    assert_close(bn.running_var, torch.tensor([2.0, 5.75]), what="running_var after one batch", rule=rule)


@hint("Add eps to the variance, and take the root of the sum.")
def test_eps_is_inside_the_root(student):
    """What stands below the line is the root of var + eps."""
    x = torch.tensor([[3.0, 18.0], [3.0, 6.0], [-1.0, 6.0], [3.0, 10.0]], dtype=torch.float64)
    # The variances are 3 and 24, so that with eps = 1 the roots are 2 and 5.
    expected = torch.tensor([[0.5, 1.6], [0.5, -0.8], [-1.5, -0.8], [0.5, 0.0]])
    assert_close(layer(student, eps=1.0)(x), expected, what="y", rule="(x - mean) / sqrt(var + eps)")


@hint("In evaluation mode, use running_mean and running_var in place of the batch's statistics, and leave them alone.")
def test_evaluation_uses_the_running_statistics(student):
    """In evaluation mode the running statistics normalize, and do not move."""
    bn = layer(student)
    statistics = {"running_mean": torch.tensor([1.0, 2.0]), "running_var": torch.tensor([4.0, 9.0])}
    student.run(probes.set_tensors, bn, **statistics)
    bn.eval()
    y = bn(torch.tensor([[5.0, 8.0], [-1.0, 2.0], [1.0, -1.0]], dtype=torch.float64))
    expected = torch.tensor([[2.0, 2.0], [-1.0, 0.0], [0.0, -1.0]])
    assert_close(
        y, expected, atol=CLOSE, what="y in evaluation mode", rule="(x - running_mean) / sqrt(running_var + eps)"
    )
    for name, value in statistics.items():
        assert_close(getattr(bn, name), value, what=f"{name} after a call in evaluation mode", rule="as it was before")


@hint("For images, mean and variance go over the batch and all pixels: every axis but axis 1.")
def test_images_have_one_mean_for_each_channel(student):
    """An image's channel is a feature: its pixels in all images of the batch share one mean and one variance."""
    # Two images of 1 x 5 pixels: each holds the worked example, with the first column as channel 0.
    images, expected = (values.repeat(2, 1).reshape(2, 1, 5, 2).permute(0, 3, 1, 2) for values in (X, NORMAL))
    assert_close(
        layer(student)(images.contiguous()), expected, atol=CLOSE, what="y of images", rule="one mean for each channel"
    )


@hint("Work on new tensors: `x = x - mean` makes one, `x -= mean` changes the caller's.")
def test_input_is_not_changed(student):
    """The batch is not changed, in neither mode."""
    bn, x = layer(student), X.clone()
    assert_close(bn(x), NORMAL, atol=CLOSE, what="y", rule="looked at first")
    assert_equal(x.numpy(), X.numpy(), what="x after a call in training mode", rule="as it was before")
    bn.eval()
    bn(x)
    assert_equal(x.numpy(), X.numpy(), what="x after a call in evaluation mode", rule="as it was before")


@hint("Make the four tensors with device=device, and everything else from x or from them.")
def test_follows_the_device(student):
    """A layer made for another device works there."""
    assert_close(layer(student)(X), NORMAL, atol=CLOSE, what="y", rule="looked at first")
    assert_follows_device(student, probes.normalize_once, student.BatchNorm, X)

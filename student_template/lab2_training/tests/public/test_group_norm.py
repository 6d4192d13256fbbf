"""Lab 2, group, layer and instance normalization: the tests that you have."""

import torch

from autograder.testing import assert_close, assert_equal, assert_follows_device, hint, question, weight

pytestmark = question("2.6")

CLOSE = 1e-4  # eps, 1e-5 where nothing else is asked for, moves y by less than 1e-4 here


def numbers(*rows):
    """A tensor in float64."""
    return torch.tensor(rows, dtype=torch.float64)


# The handout's worked example: one sample of 6 channels with 2 places each, in 3 groups of 2 channels.
# The groups have the means 3, 10 and 7; the roots of their variances are 2, 5 and 0.
X = numbers([[5, 1], [1, 5], [17, 11], [9, 3], [7, 7], [7, 7]])
GAMMA, BETA = numbers(1, 2, 10, -5, 3, 4), numbers(0, 1, 0, 1, -2, 5)
Y = numbers([[1, -1], [-1, 3], [14, 2], [2, 8], [-2, -2], [5, 5]])


@hint("reshape x to (N, groups, channels in a group, places), and average over the last two axes.")
def test_group_norm_of_the_worked_example(student):
    """All numbers of a group share one mean and one variance; each channel has its own scale and shift."""
    y = student.group_norm(X, 3, GAMMA, BETA)
    assert_close(y, Y, atol=CLOSE, what="y", rule="(x - mean) / sqrt(var + eps) of the group, * gamma + beta")


@hint("One group of all channels: each sample has one mean and one variance.")
def test_layer_norm_by_hand(student):
    """Layer norm takes all numbers of a sample together."""
    x = numbers([5, 1, 1, 5], [17, 11, 9, 3])  # means 3 and 10, roots 2 and 5
    expected = numbers([1, -1, -10, -4], [1.4, 1.4, -2, 8])
    y = student.layer_norm(x, GAMMA[:4], BETA[:4])
    assert_close(y, expected, atol=CLOSE, what="y", rule="one mean and one variance for each sample")


@hint("A group for each channel: the average is over the places of one channel of one sample.")
def test_instance_norm_by_hand(student):
    """Instance norm takes each channel of each sample by itself."""
    x = numbers([[5, 1, 1, 5], [17, 11, 9, 3]])  # one sample with 2 channels, means 3 and 10, roots 2 and 5
    expected = numbers([[3, -1, -1, 3], [13, 1, -3, -15]])
    y = student.instance_norm(x, numbers(2, 10), numbers(1, -1))
    assert_close(y, expected, atol=CLOSE, what="y", rule="one mean and one variance for each channel of each sample")


@weight(0.5)
@hint("Add eps to the variance, and take the root of the sum.")
def test_eps_is_inside_the_root(student):
    """What stands below the line is the root of var + eps."""
    x = numbers([3, 3, -1, 3], [18, 6, 6, 10])  # variances 3 and 24: with eps = 1 the roots are 2 and 5
    y = student.layer_norm(x, torch.ones(4, dtype=x.dtype), torch.zeros(4, dtype=x.dtype), 1.0)
    assert_close(y, numbers([0.5, 0.5, -1.5, 0.5], [1.6, -0.8, -0.8, 0]), what="y", rule="sqrt(var + eps)")


@weight(0.5)
@hint("No average goes over axis 0: a sample is normalized as if it were alone.")
def test_samples_do_not_see_each_other(student, rng):
    """What else is in the batch does not matter to a sample."""
    batch = torch.cat([X, torch.from_numpy(rng.normal(size=(2, 6, 2))), X])
    y = torch.as_tensor(student.group_norm(batch, 3, GAMMA, BETA))
    assert_close(y[[0, 3]], torch.cat([Y, Y]), atol=CLOSE, what="y of two equal samples of a batch")


@weight(0.5)
@hint("Make new tensors from the arguments (torch.zeros_like(x), x.new_zeros(...)), not with a device of your own.")
def test_follows_the_device(student):
    """All three functions work on the device of their arguments."""
    y = student.group_norm(X, 3, GAMMA, BETA)
    assert_close(y, Y, atol=CLOSE, what="y", rule="looked at first")
    assert_follows_device(student, student.group_norm, X, 3, GAMMA, BETA)
    assert_follows_device(student, student.layer_norm, X, GAMMA, BETA)
    assert_follows_device(student, student.instance_norm, X, GAMMA, BETA)


@weight(0.5)
@hint("Work on new tensors: `x = x - mean` makes one, `x -= mean` changes the caller's, also through a view.")
def test_arguments_are_not_changed(student):
    """No argument is changed."""
    x, gamma, beta = X.clone(), GAMMA.clone(), BETA.clone()
    y = student.group_norm(x, 3, gamma, beta)
    assert_close(y, Y, atol=CLOSE, what="y", rule="looked at first")
    for name, now, then in (("x", x, X), ("gamma", gamma, GAMMA), ("beta", beta, BETA)):
        assert_equal(now.numpy(), then.numpy(), what=f"{name} after the call", rule="as it was before")

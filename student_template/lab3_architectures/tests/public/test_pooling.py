"""Lab 3, pooling: the tests that you have."""

import numpy as np
import probes
import torch

from autograder.testing import assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("3.3")

# The handout's worked example.
X = torch.tensor([[[[1.0, 5.0, 2.0, 0.0, 3.0], [4.0, 2.0, 8.0, 1.0, 0.0], [0.0, 3.0, 6.0, 7.0, 2.0]]]]).double()


def picture(*rows):
    """Rows of numbers as a picture (1, 1, H, W)."""
    return torch.tensor([[rows]], dtype=torch.float64)


@hint("Cut the picture into windows of 2 x 2 and take the largest of each; what is too small for a window is dropped.")
def test_largest_of_the_worked_example(student):
    """Windows of 2 x 2 that do not overlap, their largest numbers, and the gradient that goes to these."""
    out, dx = student.run(
        probes.pool_and_back, student.max_pool2d, student.max_pool2d_backward, X, picture([10.0, 20.0]), 2, 2
    )
    assert_close(out, picture([5.0, 8.0]), what="out of max_pool2d", rule="the last row and column are dropped")
    expected = picture([0.0, 10.0, 0.0, 0.0, 0.0], [0.0, 0.0, 20.0, 0.0, 0.0], [0.0] * 5)
    assert_close(dx, expected, what="dx of max_pool2d", rule="the shape of x, 0 but for the largest of each window")


@hint("The 8 is the largest of four windows: it gets the gradients of all four. Add, do not assign.")
def test_overlapping_windows_of_the_worked_example(student):
    """A number that is the largest of several windows gets the sum of their gradients."""
    dout = picture([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0])
    out, dx = student.run(probes.pool_and_back, student.max_pool2d, student.max_pool2d_backward, X, dout, 2, 1)
    expected = picture([5.0, 8.0, 8.0, 3.0], [4.0, 8.0, 8.0, 7.0])
    assert_close(out, expected, what="out of max_pool2d", rule="windows of 2 x 2, one step apart")
    expected = picture([0.0, 1.0, 0.0, 0.0, 4.0], [5.0, 0.0, 18.0, 0.0, 0.0], [0.0, 0.0, 0.0, 8.0, 0.0])
    assert_close(dx, expected, what="dx of max_pool2d", rule="the sum over the windows that a number wins")


@hint("A mean over four numbers passes a quarter of its gradient to each of them.")
def test_means_of_the_worked_example(student):
    """The means of windows of 2 x 2, and the gradient that their numbers share."""
    out, dx = student.run(
        probes.pool_and_back, student.avg_pool2d, student.avg_pool2d_backward, X, picture([10.0, 20.0]), 2, 2
    )
    assert_close(out, picture([3.0, 2.75]), what="out of avg_pool2d", rule="the last row and column are dropped")
    shares = [2.5, 2.5, 5.0, 5.0, 0.0]
    assert_close(dx, picture(shares, shares, [0.0] * 5), what="dx of avg_pool2d", rule="the shape of x")


@hint("Use the place that argmax finds, or divide a mask by the number of winners: x == max may be true several times.")
def test_equal_numbers_share_one_gradient(student):
    """Where all numbers of a window are equal, their gradients add up to that of the window."""
    dout = picture([1.0, -2.0], [4.0, 3.0])
    _, dx = student.run(
        probes.pool_and_back,
        student.max_pool2d,
        student.max_pool2d_backward,
        torch.zeros(1, 1, 4, 6),
        dout,
        (2, 3),
        (2, 3),
    )
    assert_shape(dx, (1, 1, 4, 6), "dx of max_pool2d", "the shape of x")
    sums = torch.as_tensor(dx).reshape(2, 2, 2, 3).sum(dim=(1, 3))[None, None]
    assert_close(sums, dout, what="dx of max_pool2d, added up over each window", rule="the gradient of that window")


@weight(0.5)
@hint("Each picture and each channel has windows of its own.")
def test_half_the_size(student, data_dir, pictures):
    """Digits of 8 x 8 pixels become 4 x 4, each by itself."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"][:12] / 16.0).reshape(6, 2, 8, 8)
    largest, _ = student.max_pool2d(images, 2, 2)
    means, _ = student.avg_pool2d(images, 2, 2)
    assert_shape(largest, (6, 2, 4, 4), "out of max_pool2d", "N and C stay")
    assert_shape(means, (6, 2, 4, 4), "out of avg_pool2d", "N and C stay")
    pair = [torch.as_tensor(out).reshape(12, 4, 4) for out in (largest, means)]
    pictures.save("pooled", torch.stack(pair))
    digit = images.reshape(12, 8, 8)
    whole = digit.amax(dim=(1, 2))
    assert_close(pair[0].amax(dim=(1, 2)), whole, what="the largest number of a pooled digit", rule="that of the digit")
    whole = digit.mean(dim=(1, 2))
    assert_close(pair[1].mean(dim=(1, 2)), whole, what="the mean of a pooled digit", rule="that of the digit")
    check(bool((pair[0] >= pair[1]).all()), "the largest number of a window is less than its mean")


@weight(0.5)
@hint("Make new tensors: operations whose names end in an underscore, and += on a slice of x or dout, change these.")
def test_arguments_are_not_changed(student, rng):
    """Neither x nor dout is changed."""
    for name in ("max_pool2d", "avg_pool2d"):
        x, dout = torch.tensor(rng.normal(size=(2, 3, 5, 6))), torch.tensor(rng.normal(size=(2, 3, 4, 5)))
        before = {"x": x.clone(), "dout": dout.clone()}
        _, cache = student[name](x, 2, 1)
        dx = student[f"{name}_backward"](dout, cache)
        assert_shape(dx, (2, 3, 5, 6), f"dx of {name}", "looked at first")
        assert_equal(x.numpy(), before["x"].numpy(), what=f"x after {name}", rule="as it was before")
        assert_equal(dout.numpy(), before["dout"].numpy(), what=f"dout after {name}_backward", rule="as it was before")

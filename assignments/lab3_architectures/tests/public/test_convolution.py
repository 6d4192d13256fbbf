"""Lab 3, convolution: the tests that you have."""

import numpy as np
import torch

from autograder.testing import assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("3.1")

PICTURE = """
0 0 0 0 0 0 0
0 1 0 0 0 1 0
0 0 0 0 0 0 0
0 0 0 1 0 0 0
0 1 0 0 0 1 0
0 0 1 1 1 0 0
0 0 0 0 0 0 0
"""
DETECTOR = """
0 0 1
1 0 0
0 1 1
"""
# The handout's worked example: a picture of 3 x 5 pixels, a filter of 2 x 3, and steps of 2.
X = "1 2 0 3 1\n0 1 4 1 2\n2 0 1 0 5"
W = "1 0 2\n0 -1 1"


def picture(text):
    """Lines of numbers as a picture (1, 1, H, W), or as a filter."""
    rows = [[float(number) for number in line.split()] for line in text.strip().splitlines()]
    return torch.tensor([[rows]], dtype=torch.float64)


def normal(rng, *shape):
    """Random numbers in double precision."""
    return torch.tensor(rng.normal(size=shape))


@hint("Lay the filter on the top left corner as it is, without turning it, multiply and add; then move it by one.")
def test_feature_detector(student):
    """The detector of the handout, laid on every place of the 7 x 7 picture, counts what agrees with it."""
    found = student.conv2d(picture(PICTURE), picture(DETECTOR))
    expected = picture("0 1 0 0 0\n0 1 1 1 0\n1 0 0 2 1\n1 4 2 1 0\n0 0 1 2 1")
    assert_close(found, expected, what="out", rule="no padding, steps of 1, the filter not flipped")


@hint("With steps of 2, the second window starts at column 2. A third one, or a second row of them, would not fit.")
def test_steps_of_the_worked_example(student):
    """A stride of 2 leaves out every second place, and the rows that are too few for one more window."""
    out = student.conv2d(picture(X), picture(W), stride=2)
    assert_close(out, picture("4 3"), what="out", rule="floor((H - kh) / stride) + 1 rows, columns likewise")


@hint("Every filter adds up all channels, and then its own bias: out[n, f] = b[f] + the sum over c.")
def test_channels_and_filters(student):
    """A filter adds up over all channels, and each filter has its own weights and its own bias."""
    x = torch.tensor([[[[1.0, 2.0]], [[10.0, 20.0]]], [[[3.0, 4.0]], [[30.0, 40.0]]]]).double()  # (2, 2, 1, 2)
    w = torch.tensor([[1.0, 1.0], [0.0, 1.0], [2.0, -1.0]]).double()[:, :, None, None]  # (3, 2, 1, 1)
    b = torch.tensor([0.5, 100.0, 0.0]).double()
    first = [[[11.5, 22.5]], [[110.0, 120.0]], [[-8.0, -16.0]]]
    second = [[[33.5, 44.5]], [[130.0, 140.0]], [[-24.0, -32.0]]]
    assert_close(student.conv2d(x, w, b), torch.tensor([first, second]), what="out", rule="shape (N, F, H', W')")
    without = torch.tensor([first, second]).double() - b[:, None, None]
    assert_close(student.conv2d(x, w), without, what="out without a bias", rule="b is None: nothing is added")


@hint("A pair is (rows, columns). torch.nn.functional.pad wants it the other way round: columns first.")
def test_padding_is_zeros_around_the_picture(student, rng):
    """Padding gives what the picture with zeros put around it gives."""
    x, w = normal(rng, 2, 3, 4, 5), normal(rng, 2, 3, 2, 3)
    larger = torch.zeros(2, 3, 4 + 2 * 2, 5 + 2 * 1, dtype=torch.float64)
    larger[:, :, 2:-2, 1:-1] = x
    expected = student.conv2d(larger, w)
    assert_shape(expected, (2, 2, 7, 5), "out", "without padding")
    check(torch.as_tensor(expected).isfinite().all(), "out without padding is not finite")
    assert_close(student.conv2d(x, w, padding=(2, 1)), expected, what="out", rule="2 rows of zeros, 1 column")
    larger = torch.zeros(2, 3, 4 + 2, 5 + 2, dtype=torch.float64)
    larger[:, :, 1:-1, 1:-1] = x
    assert_close(student.conv2d(x, w, padding=1), student.conv2d(larger, w), what="out", rule="1 row and 1 column")


@hint("Window (i, j) starts at row i * stride_rows and column j * stride_columns.")
def test_strides_of_rows_and_columns(student, rng):
    """A stride of (2, 3) gives every second row and every third column of what a stride of 1 gives."""
    x, w = normal(rng, 2, 2, 7, 9), normal(rng, 3, 2, 2, 2)
    everywhere = student.conv2d(x, w)
    assert_shape(everywhere, (2, 3, 6, 8), "out", "with a stride of 1")
    expected = torch.as_tensor(everywhere)[:, :, ::2, ::3]
    check(expected.isfinite().all(), "out with a stride of 1 is not finite")
    assert_close(student.conv2d(x, w, stride=(2, 3)), expected, what="out", rule="the stride is (rows, columns)")


@weight(0.5)
@hint("The filter is the same at every place, so what it finds moves along with the picture.")
def test_moving_a_picture_moves_what_is_found(student, data_dir, pictures):
    """Digits that are moved on their sheet give the same edges, moved as far."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"][:6] / 16.0)[:, None]  # (6, 1, 8, 8)
    here, there = torch.zeros(2, 6, 1, 13, 13, dtype=torch.float64)
    here[:, :, 1:9, 2:10], there[:, :, 4:12, 3:11] = images, images  # 3 rows further down, 1 column to the right
    below_minus_above = torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]).double()
    edges = torch.stack([below_minus_above, below_minus_above.T])[:, None]  # (2, 1, 3, 3)
    found, moved = student.conv2d(here, edges, padding=1), student.conv2d(there, edges, padding=1)
    for out in (found, moved):
        assert_shape(out, (6, 2, 13, 13), "out", "a padding of 1 keeps the size, with filters of 3 x 3")
    found, moved = torch.as_tensor(found), torch.as_tensor(moved)
    pictures.save("edges", torch.stack([here[:, 0], *(found.abs() / 4).unbind(1)]))
    check(found.abs().max() > 1, "nothing is found in the digits")
    assert_close(moved[:, :, 3:, 1:], found[:, :, :-3, :-1], what="out of the moved digits")


@weight(0.5)
@hint("Make new tensors: an in-place operation on a window of x, such as window *= w, changes x itself.")
def test_arguments_are_not_changed(student, rng):
    """Neither x, nor w, nor b is changed."""
    arguments = {"x": normal(rng, 2, 3, 5, 6), "w": normal(rng, 2, 3, 2, 3), "b": normal(rng, 2)}
    before = {name: value.clone() for name, value in arguments.items()}
    out = student.conv2d(*arguments.values(), stride=(1, 2), padding=(1, 0))
    assert_shape(out, (2, 2, 6, 2), "out", "looked at first")
    for name, value in arguments.items():
        assert_equal(value.numpy(), before[name].numpy(), what=f"{name} after the call", rule="as it was before")

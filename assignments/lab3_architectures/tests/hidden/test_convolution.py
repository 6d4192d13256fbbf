"""Lab 3, convolution: the tests that grade."""

import torch
from oracles_convolution import convolution

from autograder.testing import assert_close, assert_equal, assert_follows_device, check, hint, question, weight

pytestmark = question("3.1")


def normal(rng, *shape, dtype=torch.float64):
    """Random numbers."""
    return torch.tensor(rng.normal(size=shape)).to(dtype)


def expected(x, w, b=None, stride=(1, 1), padding=(0, 0)):
    """What is right, in float64."""
    return convolution(x.numpy(), w.numpy(), None if b is None else b.numpy(), stride, padding)


@weight(2)
@hint("Lay the filter on as it is: no flip, neither of rows nor of columns.")
def test_every_shape_different(student, rng):
    """N, C, F, the sides of the pictures and those of the filters can all be different."""
    for x_shape, w_shape in [((2, 3, 6, 8), (5, 3, 3, 2)), ((3, 2, 9, 5), (4, 2, 2, 4))]:
        x, w = normal(rng, *x_shape), normal(rng, *w_shape)
        rule = "out[n, f, i, j] = sum over c, k, l of x[n, c, i + k, j + l] * w[f, c, k, l]"
        assert_close(student.conv2d(x, w), expected(x, w), what="out", rule=rule)


@weight(1.5)
@hint("b has one number for each filter, which goes to every place of that filter's picture: b[:, None, None].")
def test_bias(student, rng):
    """Each filter's bias is added once, at every place."""
    for height, width in [(5, 7), (6, 5)]:  # the second gives as many columns as there are filters
        x, w, b = normal(rng, 2, 3, height, width), normal(rng, 4, 3, 2, 2), normal(rng, 4)
        assert_close(student.conv2d(x, w, b), expected(x, w, b), what="out", rule="b[f] once for filter f")


@weight(1.5)
@hint("floor((H + 2 * padding - kh) / stride) + 1: what is left over at the end is not looked at.")
def test_stride_that_does_not_divide(student, rng):
    """One stride for both axes, which leaves rows or columns over."""
    for (height, width), stride in [((8, 7), 2), ((7, 8), 2), ((9, 10), 3), ((6, 11), 4)]:
        x, w, b = normal(rng, 2, 2, height, width), normal(rng, 3, 2, 3, 2), normal(rng, 3)
        out = student.conv2d(x, w, b, stride=stride)
        assert_close(out, expected(x, w, b, (stride, stride)), what="out", rule="floor, not ceil")


@weight(1.5)
@hint("A pair is (rows, columns), for stride and padding alike; torch.nn.functional.pad wants columns first.")
def test_pairs_tell_rows_from_columns(student, rng):
    """Stride and padding may be pairs (rows, columns), together and each with a number."""
    for stride, padding in [((1, 3), (2, 0)), ((2, 1), (0, 3)), ((3, 2), (1, 2)), (2, (3, 1)), ((2, 3), 1)]:
        x, w, b = normal(rng, 2, 2, 7, 8), normal(rng, 3, 2, 2, 3), normal(rng, 3)
        both = [(value, value) if isinstance(value, int) else value for value in (stride, padding)]
        out = student.conv2d(x, w, b, stride=stride, padding=padding)
        assert_close(out, expected(x, w, b, *both), what="out", rule="pairs are (rows, columns)")


@hint("Zeros on all four sides: above and below, left and right.")
def test_padding(student, rng):
    """Padding puts zeros on all four sides, also more of them than the filter is wide."""
    for padding in (1, 2, 4):
        x, w = normal(rng, 2, 3, 5, 4) + 3, normal(rng, 2, 3, 3, 2)
        out = student.conv2d(x, w, None, 1, padding)
        assert_close(out, expected(x, w, None, (1, 1), (padding, padding)), what="out", rule="zeros on all sides")


@hint("Axes of length 1 stay where they are: no squeeze, and a reshape that names all axes.")
def test_ones_everywhere(student, rng):
    """One picture, one channel, one filter, filters of one pixel and as large as the picture: all four axes stay."""
    shapes = [
        ((1, 1, 5, 4), (1, 1, 3, 2)),
        ((1, 3, 4, 6), (2, 3, 1, 1)),
        ((2, 1, 4, 3), (3, 1, 4, 3)),
        ((3, 2, 1, 6), (1, 2, 1, 2)),
    ]
    for x_shape, w_shape in shapes:
        x, w, b = normal(rng, *x_shape), normal(rng, *w_shape), normal(rng, w_shape[0])
        assert_close(student.conv2d(x, w, b), expected(x, w, b), what="out", rule="shape (N, F, H', W')")


@hint("Make new tensors with x.new_zeros(...) or dtype=x.dtype; torch.zeros(...) alone is always float32.")
def test_precision_is_that_of_x(student, rng):
    """float32 in, float32 out; float64 in, float64 out."""
    for dtype, rtol in ((torch.float32, 1e-4), (torch.float64, 1e-6)):  # float32: sums of 45 products
        x, w, b = (normal(rng, *shape, dtype=dtype) for shape in ((2, 5, 6, 7), (3, 5, 3, 3), (3,)))
        for bias in (b, None):
            out = student.conv2d(x, w, bias, 2, 1)
            right = expected(x, w, bias, (2, 2), (1, 1))
            assert_close(out, right, rtol=rtol, atol=1e-9, relative_to_largest=True, what=f"out for {dtype}")
            check(getattr(out, "dtype", None) == dtype, f"out does not have the dtype of x, which is {dtype}")


@hint("Use reshape or flatten, which copy where they must; view does not work on a tensor whose rows lie apart.")
def test_arguments_with_gaps(student, rng):
    """Arguments may be parts of larger tensors, or transposed."""
    x = normal(rng, 2, 3, 14, 6).transpose(2, 3)[:, :, :, ::2]  # (2, 3, 6, 7)
    w = normal(rng, 3, 2, 4, 3).permute(2, 1, 3, 0)[:, [0, 1, 0]][:, :, :, :2]  # (4, 3, 3, 2)
    w = w.transpose(2, 3)  # (4, 3, 2, 3)
    b = normal(rng, 8)[::2]
    assert not x.is_contiguous()
    assert not w.is_contiguous()
    for padding in (0, 1):
        out = student.conv2d(x, w, b, stride=(1, 2), padding=padding)
        right = expected(x, w, b, (1, 2), (padding, padding))
        assert_close(out, right, what="out", rule="wherever the arguments' numbers lie in memory")


@weight(0.5)
@hint("Make new tensors: an in-place operation on a window of x, such as window *= w, changes x itself.")
def test_arguments_and_calls_are_left_alone(student, rng):
    """No argument is changed, and a second call gives what the first gave."""
    arguments = {"x": normal(rng, 2, 3, 5, 6), "w": normal(rng, 4, 3, 2, 3), "b": normal(rng, 4)}
    before = {name: value.clone() for name, value in arguments.items()}
    for padding in (0, 1):
        for call in ("first", "second"):
            out = student.conv2d(*arguments.values(), padding=padding)
            right = expected(*before.values(), padding=(padding, padding))
            assert_close(out, right, what=f"out of the {call} of two equal calls")
        for name, value in arguments.items():
            assert_equal(value.numpy(), before[name].numpy(), what=f"{name} after the call", rule="as it was before")


@weight(0.5)
@hint("Make new tensors beside x: x.new_zeros(...), torch.zeros(..., device=x.device), or torch.zeros_like.")
def test_works_on_any_device(student, rng):
    """What conv2d makes is on the device of its arguments."""
    x, w, b = normal(rng, 2, 3, 5, 6), normal(rng, 4, 3, 2, 3), normal(rng, 4)
    assert_follows_device(student, student.conv2d, x, w, b, stride=2, padding=1)
    assert_close(student.conv2d(x, w, b, 2, 1), expected(x, w, b, (2, 2), (1, 1)), what="out, on the CPU")

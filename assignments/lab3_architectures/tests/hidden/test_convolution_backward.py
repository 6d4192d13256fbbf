"""Lab 3, the gradients of a convolution: the tests that grade."""

import torch
from oracles_convolution import convolution, convolution_gradients

from autograder.testing import assert_close, assert_equal, assert_follows_device, check, hint, question, weight

pytestmark = question("3.2")

STRIDES_AND_PADDINGS = [((2, 2), (0, 0)), ((3, 2), (1, 1)), ((1, 3), (0, 2)), ((2, 1), (2, 0))]


def normal(rng, *shape, dtype=torch.float64):
    """Random numbers."""
    return torch.tensor(rng.normal(size=shape)).to(dtype)


def problem(rng, x_shape=(2, 3, 6, 7), w_shape=(4, 3, 3, 2), stride=(1, 1), padding=(0, 0), dtype=torch.float64):
    """A random upstream gradient, pictures and filters."""
    x, w = normal(rng, *x_shape, dtype=dtype), normal(rng, *w_shape, dtype=dtype)
    return normal(rng, *convolution(x, w, None, stride, padding).shape, dtype=dtype), x, w


def expected(dout, x, w, stride=(1, 1), padding=(0, 0)):
    """What is right, in float64."""
    return convolution_gradients(dout.numpy(), x.numpy(), w.numpy(), stride, padding)


@weight(1.5)
@hint("Give each window dout times w, and add up; as one operation it is a correlation with the flipped filters.")
def test_dx(student, rng):
    """dx is right for any upstream gradient, with N, C, F and all sides different."""
    arguments = problem(rng)
    dx, _, _ = student.conv2d_backward(*arguments)
    assert_close(dx, expected(*arguments)[0], what="dx", rule="the shape of x")


@weight(1.5)
@hint("dw[f, c, k, l] is the sum, over pictures and places, of dout there times the pixel that met this weight.")
def test_dw(student, rng):
    """dw is right for any upstream gradient, summed over the batch."""
    arguments = problem(rng)
    _, dw, _ = student.conv2d_backward(*arguments)
    assert_close(dw, expected(*arguments)[1], what="dw", rule="the shape of w; sums, not means")


@hint("Sum dout over axes 0, 2 and 3; filters are axis 1.")
def test_db(student, rng):
    """db is the sum of dout over pictures and places, also with as many pictures as filters."""
    for x_shape in [(2, 3, 6, 7), (4, 3, 5, 4)]:
        arguments = problem(rng, x_shape)
        _, _, db = student.conv2d_backward(*arguments)
        assert_close(db, expected(*arguments)[2], what="db", rule="shape (F,), the sum over axes 0, 2 and 3")


@weight(1.5)
@hint("A pixel may be in several windows, in one or in none: start from zeros in the shape of the padded x, and add.")
def test_dx_with_stride(student, rng):
    """dx has the shape of x also where steps are left over, and 0 where no window looks."""
    for stride, padding in STRIDES_AND_PADDINGS:
        arguments = problem(rng, stride=stride, padding=padding)
        dx, _, _ = student.conv2d_backward(*arguments, stride=stride, padding=padding)
        assert_close(dx, expected(*arguments, stride, padding)[0], what="dx", rule="stride is (rows, columns)")
    arguments = problem(rng, stride=(4, 4))
    dx, _, _ = student.conv2d_backward(*arguments, stride=4)
    assert_close(dx, expected(*arguments, (4, 4))[0], what="dx with a stride larger than the filter")


@weight(1.5)
@hint("Cut the padded x into the same windows as forward does, with both strides.")
def test_dw_with_stride(student, rng):
    """dw is right where the stride leaves places out, for each axis its own."""
    for stride, padding in STRIDES_AND_PADDINGS:
        arguments = problem(rng, stride=stride, padding=padding)
        _, dw, _ = student.conv2d_backward(*arguments, stride=stride, padding=padding)
        assert_close(dw, expected(*arguments, stride, padding)[1], what="dw", rule="stride is (rows, columns)")


@weight(1.5)
@hint("Work with the padded x, and at the end cut the padding off dx: rows first, then columns.")
def test_padding(student, rng):
    """With padding, dx still has the shape of x, and dw counts what the zeros add: nothing."""
    for padding in [(1, 1), (2, 0), (0, 3), (3, 1)]:
        arguments = problem(rng, (2, 3, 4, 5), padding=padding)
        dx, dw, _ = student.conv2d_backward(*arguments, padding=padding)
        right = expected(*arguments, (1, 1), padding)
        assert_close(dx, right[0], what="dx", rule="the shape of x; the gradient of the padding is cut off")
        assert_close(dw, right[1], what="dw", rule="the shape of w")
    arguments = problem(rng, (2, 3, 4, 5), padding=(2, 2))
    dx, _, _ = student.conv2d_backward(*arguments, 1, 2)
    assert_close(dx, expected(*arguments, (1, 1), (2, 2))[0], what="dx", rule="one number pads rows and columns")


@hint("Axes of length 1 stay where they are, in dx, dw and db.")
def test_ones_everywhere(student, rng):
    """One picture, one channel, one filter, filters of one pixel and as large as the picture are right, too."""
    shapes = [((1, 1, 5, 4), (1, 1, 3, 2)), ((1, 3, 4, 6), (2, 3, 1, 1)), ((2, 1, 4, 3), (3, 1, 4, 3))]
    for x_shape, w_shape in shapes:
        arguments = problem(rng, x_shape, w_shape)
        found = student.conv2d_backward(*arguments)
        for name, got, right in zip(("dx", "dw", "db"), found, expected(*arguments), strict=True):
            assert_close(got, right, what=name, rule="in the shape of x, w and b")


@hint("Make new tensors with x.new_zeros(...) or dtype=x.dtype; torch.zeros(...) alone is always float32.")
def test_precision_is_that_of_x(student, rng):
    """float32 in, float32 out; float64 in, float64 out."""
    for dtype, rtol in ((torch.float32, 1e-4), (torch.float64, 1e-6)):  # float32: sums of up to 40 products
        arguments = problem(rng, stride=(2, 1), padding=(1, 1), dtype=dtype)
        found = student.conv2d_backward(*arguments, stride=(2, 1), padding=1)
        right = expected(*arguments, (2, 1), (1, 1))
        for name, got, want in zip(("dx", "dw", "db"), found, right, strict=True):
            assert_close(got, want, rtol=rtol, atol=1e-9, relative_to_largest=True, what=f"{name} for {dtype}")
            check(getattr(got, "dtype", None) == dtype, f"{name} does not have the dtype of x, which is {dtype}")


@hint("Use reshape or flatten, which copy where they must; view does not work on a tensor whose rows lie apart.")
def test_arguments_with_gaps(student, rng):
    """Arguments may be parts of larger tensors, or transposed."""
    dout, x, w = problem(rng)
    with_gaps = [tensor.transpose(1, 3).contiguous().transpose(1, 3) for tensor in (dout, x, w)]
    assert not any(tensor.is_contiguous() for tensor in with_gaps)
    found = student.conv2d_backward(*with_gaps)
    for name, got, right in zip(("dx", "dw", "db"), found, expected(dout, x, w), strict=True):
        assert_close(got, right, what=name, rule="wherever the arguments' numbers lie in memory")


@weight(0.5)
@hint("Make new tensors: an in-place operation on a slice of x or dout changes x or dout itself.")
def test_arguments_and_calls_are_left_alone(student, rng):
    """No argument is changed, and a second call gives what the first gave."""
    arguments = dict(zip(("dout", "x", "w"), problem(rng, (2, 3, 4, 5), padding=(1, 1)), strict=True))
    before = {name: value.clone() for name, value in arguments.items()}
    for call in ("first", "second"):
        found = student.conv2d_backward(*arguments.values(), padding=1)
        right = expected(*before.values(), padding=(1, 1))
        for name, got, want in zip(("dx", "dw", "db"), found, right, strict=True):
            assert_close(got, want, what=f"{name} of the {call} of two equal calls")
        for name, value in arguments.items():
            assert_equal(value.numpy(), before[name].numpy(), what=f"{name} after the call", rule="as it was before")


@weight(0.5)
@hint("Make new tensors beside x: x.new_zeros(...), torch.zeros(..., device=x.device), or torch.zeros_like.")
def test_works_on_any_device(student, rng):
    """What conv2d_backward makes is on the device of its arguments."""
    arguments = problem(rng, stride=(2, 2), padding=(1, 1))
    assert_follows_device(student, student.conv2d_backward, *arguments, stride=2, padding=1)
    dx, _, _ = student.conv2d_backward(*arguments, 2, 1)
    assert_close(dx, expected(*arguments, (2, 2), (1, 1))[0], what="dx, on the CPU")

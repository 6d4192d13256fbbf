"""Lab 3, pooling: the tests that grade."""

import probes
import torch
from oracles_convolution import max_pooling, max_pooling_gradient, mean_pooling, mean_pooling_gradient

from autograder.testing import (
    assert_close,
    assert_equal,
    assert_follows_device,
    assert_shape,
    check,
    hint,
    question,
    weight,
)

pytestmark = question("3.3")

# Sides of x, size, stride: apart, overlapping, with gaps between windows; most leave rows or columns over.
APART = [((6, 9), 3, 3), ((7, 5), 2, 2), ((8, 6), 3, 3), ((5, 11), 4, 4)]
OTHERWISE = [((6, 7), 3, 1), ((7, 8), 3, 2), ((8, 7), 2, 3), ((5, 9), 1, 2)]
PAIRS = [((7, 8), (2, 3), (2, 3)), ((7, 8), (3, 1), (1, 2)), ((8, 7), (2, 4), 2), ((7, 9), 2, (3, 1))]


def normal(rng, *shape, dtype=torch.float64):
    """Random numbers, all different."""
    return torch.tensor(rng.normal(size=shape)).to(dtype)


def both(value):
    """A number as a pair."""
    return (value, value) if isinstance(value, int) else value


def largest(student, x, dout, size, stride):
    """The student's max_pool2d and its gradient."""
    return student.run(probes.pool_and_back, student.max_pool2d, student.max_pool2d_backward, x, dout, size, stride)


def means(student, x, dout, size, stride):
    """The student's avg_pool2d and its gradient."""
    return student.run(probes.pool_and_back, student.avg_pool2d, student.avg_pool2d_backward, x, dout, size, stride)


def layer(rng, sides, size, stride, pictures=3, channels=2, dtype=torch.float64):
    """Pictures and an upstream gradient."""
    x = normal(rng, pictures, channels, *sides, dtype=dtype)
    return x, normal(rng, *max_pooling(x.numpy(), both(size), both(stride)).shape, dtype=dtype)


@weight(1.5)
@hint("floor((H - size) / stride) + 1 windows, and the largest number of each, for every channel of every picture.")
def test_largest_numbers(student, rng):
    """max_pool2d gives the largest number of every window, wherever the windows lie."""
    for sides, size, stride in APART + OTHERWISE:
        x, _ = layer(rng, sides, size, stride)
        out, _ = student.max_pool2d(x, size, stride)
        right = max_pooling(x.numpy(), both(size), both(stride))
        assert_close(out, right, what="out of max_pool2d", rule="rows and columns that are left over are dropped")


@hint("Start from the window's own numbers, or from minus infinity: the largest of negative numbers is negative.")
def test_largest_of_negative_numbers(student, rng):
    """max_pool2d and its gradient are right where all numbers are negative."""
    for sides, size, stride in (APART[1], OTHERWISE[1]):
        x, dout = layer(rng, sides, size, stride)
        x = x - 100
        out, dx = largest(student, x, dout, size, stride)
        assert_close(out, max_pooling(x.numpy(), both(size), both(stride)), what="out of max_pool2d")
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(stride))
        assert_close(dx, right, what="dx of max_pool2d")


@weight(1.5)
@hint("Remember for each window which of its places won, and give the window's gradient to that place of x.")
def test_gradient_of_the_largest(student, rng):
    """Where windows do not overlap, each hands its gradient to its largest number, and all others get 0."""
    for sides, size, stride in APART:
        x, dout = layer(rng, sides, size, stride)
        _, dx = largest(student, x, dout, size, stride)
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(stride))
        assert_close(dx, right, what="dx of max_pool2d", rule="the shape of x, also where rows are left over")


@weight(1.5)
@hint("One number may win several windows, and gets the sum; += with indices counts a repeated index once.")
def test_gradient_of_the_largest_where_windows_overlap(student, rng):
    """Where windows overlap, or leave gaps, gradients are added up where the largest numbers are."""
    for sides, size, stride in OTHERWISE:
        x, dout = layer(rng, sides, size, stride)
        _, dx = largest(student, x, dout, size, stride)
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(stride))
        assert_close(dx, right, what="dx of max_pool2d", rule="the sum over the windows that a number wins")


@weight(1.5)
@hint("x == max is true at every winner. Choose one of them (argmax), or divide the gradient among them.")
def test_ties(student, rng):
    """Equal largest numbers get one window's gradient together, however they share it."""
    x = torch.relu(normal(rng, 3, 2, 6, 8) - 1)  # about five of six are 0, as after ReLU
    dout = normal(rng, 3, 2, 3, 4)
    _, dx = largest(student, x, dout, 2, 2)
    assert_shape(dx, tuple(x.shape), "dx of max_pool2d", "the shape of x")
    dx = torch.as_tensor(dx)
    by_window = dx.reshape(3, 2, 3, 2, 4, 2).sum(dim=(3, 5))
    assert_close(by_window, dout, what="dx, added up over each window", rule="the gradient of that window")
    wins = max_pooling_gradient(torch.ones(3, 2, 3, 4).numpy(), x.numpy(), (2, 2), (2, 2)) > 0
    check(not dx.numpy()[~wins].any(), "dx is not 0 at a number that is the largest of no window")
    dout = normal(rng, 3, 2, 4, 6)
    _, dx = largest(student, x, dout, 3, 1)  # overlapping: a gradient may go to a neighbour, and the sum stays
    assert_shape(dx, tuple(x.shape), "dx of max_pool2d", "the shape of x")
    sums = torch.as_tensor(dx).sum(dim=(2, 3))
    assert_close(sums, dout.sum(dim=(2, 3)), what="dx, added up over each channel", rule="the sum of dout over it")


@hint("The same windows as for the largest number, and the mean of each: divide by the numbers in a window.")
def test_means(student, rng):
    """avg_pool2d gives the mean of every window, wherever the windows lie."""
    for sides, size, stride in APART + OTHERWISE:
        x, _ = layer(rng, sides, size, stride)
        out, _ = student.avg_pool2d(x, size, stride)
        right = mean_pooling(x.numpy(), both(size), both(stride))
        assert_close(out, right, what="out of avg_pool2d", rule="rows and columns that are left over are dropped")


@weight(1.5)
@hint("Every number of a window gets the window's gradient divided by how many they are; over several windows, add.")
def test_gradient_of_means(student, rng):
    """The numbers of a window share its gradient equally, also where windows overlap or leave gaps."""
    for sides, size, stride in APART + OTHERWISE:
        x, dout = layer(rng, sides, size, stride)
        _, dx = means(student, x, dout, size, stride)
        right = mean_pooling_gradient(dout.numpy(), sides, both(size), both(stride))
        assert_close(dx, right, what="dx of avg_pool2d", rule="the shape of x, 0 where no window looks")


@hint("Pairs are (rows, columns), for the size and for the stride.")
def test_pairs_tell_rows_from_columns(student, rng):
    """Size and stride may be pairs (rows, columns), together and each with a number."""
    for sides, size, stride in PAIRS:
        x, dout = layer(rng, sides, size, stride)
        out, dx = largest(student, x, dout, size, stride)
        assert_close(out, max_pooling(x.numpy(), both(size), both(stride)), what="out of max_pool2d")
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(stride))
        assert_close(dx, right, what="dx of max_pool2d")
        out, dx = means(student, x, dout, size, stride)
        assert_close(out, mean_pooling(x.numpy(), both(size), both(stride)), what="out of avg_pool2d")
        right = mean_pooling_gradient(dout.numpy(), sides, both(size), both(stride))
        assert_close(dx, right, what="dx of avg_pool2d")


@hint("Axes of length 1 stay where they are.")
def test_ones_everywhere(student, rng):
    """One picture, one channel, and windows as large as the picture are right, and all four axes stay."""
    for pictures, channels, sides, size in [(1, 1, (4, 5), 2), (1, 3, (3, 4), (3, 4)), (2, 1, (1, 6), (1, 3))]:
        x, dout = layer(rng, sides, size, size, pictures, channels)
        out, dx = largest(student, x, dout, size, size)
        assert_close(out, max_pooling(x.numpy(), both(size), both(size)), what="out of max_pool2d")
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(size))
        assert_close(dx, right, what="dx of max_pool2d", rule="the shape of x")
        out, dx = means(student, x, dout, size, size)
        assert_close(out, mean_pooling(x.numpy(), both(size), both(size)), what="out of avg_pool2d")
        right = mean_pooling_gradient(dout.numpy(), sides, both(size), both(size))
        assert_close(dx, right, what="dx of avg_pool2d", rule="the shape of x")


@hint("Everything that backward needs goes into the cache; nothing may be kept in a global variable.")
def test_caches_belong_to_their_call(student, rng):
    """Two layers run forward before either runs backward, and each gets its own gradients."""
    layers = [(*layer(rng, (6, 8), 3, 2), 3, 2), (*layer(rng, (6, 8), 2, 2), 2, 2), (*layer(rng, (6, 8), 3, 2), 3, 2)]
    _, gradients = student.run(probes.pool_all_then_back, student.max_pool2d, student.max_pool2d_backward, layers)
    for (x, dout, size, stride), dx in zip(layers, gradients, strict=True):
        right = max_pooling_gradient(dout.numpy(), x.numpy(), both(size), both(stride))
        assert_close(dx, right, what="dx of max_pool2d", rule="with the cache of the same call")
    _, gradients = student.run(probes.pool_all_then_back, student.avg_pool2d, student.avg_pool2d_backward, layers)
    for (_, dout, size, stride), dx in zip(layers, gradients, strict=True):
        right = mean_pooling_gradient(dout.numpy(), (6, 8), both(size), both(stride))
        assert_close(dx, right, what="dx of avg_pool2d", rule="with the cache of the same call")


@hint("Make new tensors with x.new_zeros(...) or dtype=x.dtype; torch.zeros(...) alone is always float32.")
def test_precision_is_that_of_x(student, rng):
    """float32 in, float32 out; float64 in, float64 out; and the gradients likewise."""
    for dtype, rtol in ((torch.float32, 1e-4), (torch.float64, 1e-6)):  # float32: sums of 9 numbers
        x, dout = layer(rng, (7, 8), 3, 2, dtype=dtype)
        right = [
            (max_pooling(x.numpy(), (3, 3), (2, 2)), max_pooling_gradient(dout.numpy(), x.numpy(), (3, 3), (2, 2))),
            (mean_pooling(x.numpy(), (3, 3), (2, 2)), mean_pooling_gradient(dout.numpy(), (7, 8), (3, 3), (2, 2))),
        ]
        for name, run, pair in zip(("max_pool2d", "avg_pool2d"), (largest, means), right, strict=True):
            for part, got, want in zip(("out", "dx"), run(student, x, dout, 3, 2), pair, strict=True):
                what = f"{part} of {name} for {dtype}"
                assert_close(got, want, rtol=rtol, atol=1e-9, relative_to_largest=True, what=what)
                check(getattr(got, "dtype", None) == dtype, f"{what} does not have the dtype of x")


@hint("Use reshape or flatten, which copy where they must; view does not work on a tensor whose rows lie apart.")
def test_arguments_with_gaps(student, rng):
    """Arguments may be parts of larger tensors, or transposed."""
    x, dout = (tensor.transpose(1, 3).contiguous().transpose(1, 3) for tensor in layer(rng, (6, 8), 3, 1))
    assert not x.is_contiguous()
    assert not dout.is_contiguous()
    out, dx = largest(student, x, dout, 3, 1)
    rule = "wherever the arguments' numbers lie in memory"
    assert_close(out, max_pooling(x.numpy(), (3, 3), (1, 1)), what="out of max_pool2d", rule=rule)
    right = max_pooling_gradient(dout.numpy(), x.numpy(), (3, 3), (1, 1))
    assert_close(dx, right, what="dx of max_pool2d", rule=rule)
    out, dx = means(student, x, dout, 3, 1)
    assert_close(out, mean_pooling(x.numpy(), (3, 3), (1, 1)), what="out of avg_pool2d", rule=rule)
    right = mean_pooling_gradient(dout.numpy(), (6, 8), (3, 3), (1, 1))
    assert_close(dx, right, what="dx of avg_pool2d", rule=rule)


@weight(0.5)
@hint("Make new tensors: operations whose names end in an underscore, and += on a slice of x or dout, change these.")
def test_arguments_are_not_changed(student, rng):
    """Neither x nor dout is changed, with windows that overlap and with windows that do not."""
    for size, stride in ((2, 2), (3, 1)):
        for name in ("max_pool2d", "avg_pool2d"):
            x, dout = layer(rng, (6, 8), size, stride)
            before = {"x": x.clone(), "dout": dout.clone()}
            out, cache = student[name](x, size, stride)
            oracle = max_pooling if name == "max_pool2d" else mean_pooling
            right = oracle(before["x"].numpy(), both(size), both(stride))
            assert_close(out, right, what=f"out of {name}", rule="looked at first")
            student[f"{name}_backward"](dout, cache)
            assert_equal(x.numpy(), before["x"].numpy(), what=f"x after {name}", rule="as it was before")
            assert_equal(dout.numpy(), before["dout"].numpy(), what="dout afterwards", rule="as it was before")


@weight(0.5)
@hint("Make new tensors beside x: x.new_zeros(...), torch.zeros(..., device=x.device), or torch.zeros_like.")
def test_works_on_any_device(student, rng):
    """What pooling and its gradients make is on the device of their arguments."""
    x, dout = layer(rng, (6, 8), 3, 2)
    out, dx = largest(student, x, dout, 3, 2)
    assert_close(out, max_pooling(x.numpy(), (3, 3), (2, 2)), what="out of max_pool2d, on the CPU")
    right = max_pooling_gradient(dout.numpy(), x.numpy(), (3, 3), (2, 2))
    assert_close(dx, right, what="dx of max_pool2d, on the CPU")
    for name in ("max_pool2d", "avg_pool2d"):
        functions = (student[name], student[f"{name}_backward"])
        assert_follows_device(student, probes.pool_and_back, *functions, x, dout, 3, 2)

"""Lab 3, pooling: smaller pictures, by the largest number or the mean of every window, forward and backward."""

from typing import Any

import torch
import torch.nn.functional as F


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A number for rows and columns alike as a pair; a pair (rows, columns) as it is."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


# ---- Question 3.3: Pooling ----
def max_pool2d(x: torch.Tensor, size: int | tuple[int, int], stride: int | tuple[int, int]) -> tuple[torch.Tensor, Any]:
    """The largest number of every window, for each picture and channel by itself.

        out[n, c, i, j] = max over k, l of x[n, c, i * stride_rows + k, j * stride_columns + l]

    where k goes from 0 to size_rows - 1, and l from 0 to size_columns - 1.

    Not allowed, here and in the three functions below: an operation of torch with "pool" in its name, such as
    F.max_pool2d, torch.max_pool2d or nn.MaxPool2d, and torch's autograd (`backward`, `torch.autograd.grad` and the
    like). `x` may not be changed, and nothing may be remembered outside the cache: several layers are at work at once.

    Args:
        x: shape (N, C, H, W), float32 or float64, all finite; N and C may be 1. It need not be contiguous.
        size: of a window, a number or a pair (rows, columns); a window fits into the picture.
        stride: how far a window is from the next, a number of at least 1 or a pair (rows, columns). Windows overlap
            where it is smaller than the size; where it is larger, some numbers are in no window.

    Returns:
        out: shape (N, C, H', W'), the dtype and device of `x`. H' = floor((H - size_rows) / stride_rows) + 1, and W'
            likewise: rows and columns that are left over at the end, too few for a window, are dropped.
        cache: whatever `max_pool2d_backward` needs; its layout is yours.
    """
    raise NotImplementedError("Question 3.3: Pooling")


def max_pool2d_backward(dout: torch.Tensor, cache: Any) -> torch.Tensor:
    """The gradient of `max_pool2d` by its input. `dout` may not be changed.

    Args:
        dout: shape (N, C, H', W'), d loss / d out, the dtype and device of `x`. It need not be contiguous.
        cache: what `max_pool2d` returned beside that `out`.

    Returns:
        dx: shape (N, C, H, W), d loss / d x, the dtype and device of `dout`. Each window hands its gradient to its
            largest number; if several are the largest, any one of them gets all of it, or they share it, so that their
            parts add up to it. Where windows overlap, a number gets the sum of what several windows hand it. Numbers
            that are the largest of no window get 0.
    """
    raise NotImplementedError("Question 3.3: Pooling")


def avg_pool2d(x: torch.Tensor, size: int | tuple[int, int], stride: int | tuple[int, int]) -> tuple[torch.Tensor, Any]:
    """The mean of every window, for each picture and channel by itself.

    Args and returns are as in `max_pool2d`, with the mean in place of the largest number. `x` may not be changed.
    """
    raise NotImplementedError("Question 3.3: Pooling")


def avg_pool2d_backward(dout: torch.Tensor, cache: Any) -> torch.Tensor:
    """The gradient of `avg_pool2d` by its input. `dout` may not be changed.

    Args:
        dout: shape (N, C, H', W'), d loss / d out, the dtype and device of `x`. It need not be contiguous.
        cache: what `avg_pool2d` returned beside that `out`.

    Returns:
        dx: shape (N, C, H, W), d loss / d x, the dtype and device of `dout`. All numbers of a window share its gradient
            equally. Where windows overlap, a number gets the sum of what several windows hand it. Numbers that are in
            no window get 0.
    """
    raise NotImplementedError("Question 3.3: Pooling")

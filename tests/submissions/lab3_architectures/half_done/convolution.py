"""Lab 3, convolution: one small set of weights that looks at every place of a picture, forward and backward."""

import torch
import torch.nn.functional as F


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A number for rows and columns alike as a pair; a pair (rows, columns) as it is."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


# ---- Question 3.1: Convolution ----
def conv2d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """What deep learning calls a convolution: the cross-correlation of every picture with every filter.

    With x_padded for x after padding,

        out[n, f, i, j] = b[f] + sum over c, k, l of x_padded[n, c, i * stride_rows + k, j * stride_columns + l]
                                                     * w[f, c, k, l]

    The filter is not flipped. Not allowed: an operation of torch with "conv" in its name, such as F.conv2d,
    torch.conv2d or nn.Conv2d. All others are, also unfold. No argument may be changed.

    Args:
        x: shape (N, C, H, W), float32 or float64. N pictures of C channels; N and C may be 1. Like the other tensors it
            need not be contiguous.
        w: shape (F, C, kh, kw), the dtype and device of `x`. F filters, each looking at all C channels; kh and kw may
            differ, and the filter fits into the padded picture.
        b: shape (F,), the dtype and device of `x`: a number for each filter; or None, for no bias.
        stride: how far the filter moves from one place to the next: a number of at least 1, or a pair (rows, columns).
        padding: how many rows of zeros are put above and below, and columns on the left and on the right: a number of
            at least 0, or a pair (rows, columns).

    Returns:
        out: shape (N, F, H', W'), the dtype and device of `x`. H' is
            floor((H + 2 * padding_rows - kh) / stride_rows) + 1, and W' likewise: where the last step would reach
            beyond the padded picture, there is none.
    """
    raise NotImplementedError("Question 3.1: Convolution")


# ---- Question 3.2: The gradients of a convolution ----
def conv2d_backward(
    dout: torch.Tensor,
    x: torch.Tensor,
    w: torch.Tensor,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The gradients of a convolution, as `conv2d` above defines it, by its picture, its filters and its bias.

    Not allowed: an operation of torch with "conv" in its name, and torch's autograd (`backward`, `torch.autograd.grad`
    and the like). All other operations are, also unfold and fold. No argument may be changed.

    Args:
        dout: shape (N, F, H', W'), d loss / d out, the dtype and device of `x`. It already holds every factor of the
            loss, such as the 1/N of a mean. Like the other tensors it need not be contiguous.
        x: shape (N, C, H, W), float32 or float64, the pictures that went in, without padding.
        w: shape (F, C, kh, kw), the filters, the dtype and device of `x`.
        stride: as in `conv2d`.
        padding: as in `conv2d`.

    Returns:
        dx: shape (N, C, H, W), d loss / d x. A number of x that no window looks at has the gradient 0; there are such
            where the stride is larger than the filter, and where the last step is left out.
        dw: shape (F, C, kh, kw), d loss / d w.
        db: shape (F,), d loss / d b, whether there was a bias or not.
        All have the dtype and device of `x`.
    """
    raise NotImplementedError("Question 3.2: The gradients of a convolution")

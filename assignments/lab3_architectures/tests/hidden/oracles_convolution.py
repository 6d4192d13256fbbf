"""Convolutions and pooling in float64, in the plainest way; only hidden tests can import it."""

import numpy as np

Pair = tuple[int, int]


def windows(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """The windows of pictures (N, C, H, W), shape (N, C, H', W', rows, columns)."""
    x = np.asarray(x, np.float64)
    found = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
    return found[:, :, :: stride[0], :: stride[1]]


def padded(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pictures (N, C, H, W) with rows and columns of zeros around them."""
    return np.pad(np.asarray(x, np.float64), [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])])


def scattered(dwindows: np.ndarray, shape: Pair, stride: Pair) -> np.ndarray:
    """The sum, for every pixel of pictures (N, C, *shape), of what windows (N, C, H', W', rows, columns) say of it."""
    n, c, height, width, rows, columns = dwindows.shape
    dx = np.zeros((n, c, *shape))
    for i in range(height):
        for j in range(width):
            top, left = i * stride[0], j * stride[1]
            dx[:, :, top : top + rows, left : left + columns] += dwindows[:, :, i, j]
    return dx


def convolution(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: Pair = (1, 1), padding: Pair = (0, 0)
) -> np.ndarray:
    """Cross-correlation of pictures (N, C, H, W) with filters (F, C, kh, kw), shape (N, F, H', W')."""
    out = np.einsum("ncijkl,fckl->nfij", windows(padded(x, padding), w.shape[2:], stride), np.asarray(w, np.float64))
    return out if b is None else out + np.asarray(b, np.float64)[:, None, None]


def convolution_gradients(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Pair = (1, 1), padding: Pair = (0, 0)
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (N, C, H, W), dw (F, C, kh, kw) and db (F,) from dout (N, F, H', W')."""
    dout, w = np.asarray(dout, np.float64), np.asarray(w, np.float64)
    larger = padded(x, padding)
    dw = np.einsum("nfij,ncijkl->fckl", dout, windows(larger, w.shape[2:], stride))
    dx = scattered(np.einsum("nfij,fckl->ncijkl", dout, w), larger.shape[2:], stride)
    (rows, columns), (height, width) = padding, x.shape[2:]
    return dx[:, :, rows : rows + height, columns : columns + width], dw, dout.sum(axis=(0, 2, 3))


def max_pooling(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """The largest number of every window."""
    return windows(x, size, stride).max(axis=(4, 5))


def max_pooling_gradient(dout: np.ndarray, x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """dx (N, C, H, W) from dout (N, C, H', W'), where no window has two largest numbers."""
    cut = windows(x, size, stride)
    largest = cut == cut.max(axis=(4, 5), keepdims=True)
    return scattered(np.asarray(dout, np.float64)[..., None, None] * largest, x.shape[2:], stride)


def mean_pooling(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """The mean of every window."""
    return windows(x, size, stride).mean(axis=(4, 5))


def mean_pooling_gradient(dout: np.ndarray, shape: Pair, size: Pair, stride: Pair) -> np.ndarray:
    """dx (N, C, *shape) from dout (N, C, H', W')."""
    share = np.asarray(dout, np.float64)[..., None, None] / (size[0] * size[1])
    return scattered(np.broadcast_to(share, (*share.shape[:4], *size)), shape, stride)

"""What the speed checks of Lab 3 time; `autograder bench` runs them against torch's own operations.

Every call gets new numbers. All tensors are float32 on one thread.
"""

from typing import Any

import numpy as np
import probes
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.workloads import Workload


def normal(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Tensor:
    """Standard normal numbers, times `scale`."""
    generator = torch.Generator().manual_seed(int(rng.integers(1 << 62)))  # four times as fast as NumPy's
    return torch.empty(shape).normal_(0.0, scale, generator=generator)


# ---- Questions 3.1 and 3.2: a convolution, forward and backward


def convolution_inputs(rng: np.random.Generator, samples: int, channels: int, side: int, filters: int) -> list[Any]:
    """x, w, b, stride and padding."""
    w = normal(rng, filters, channels, 3, 3, scale=1 / (3 * channels**0.5))
    return [normal(rng, samples, channels, side, side), w, normal(rng, filters), 1, 1]


def torch_conv2d(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
    """torch's own."""
    return F.conv2d(x, w, b, stride, padding)


def backward_inputs(rng: np.random.Generator, samples: int, channels: int, side: int, filters: int) -> list[Any]:
    """dout, x, w, stride and padding."""
    x, w, _, stride, padding = convolution_inputs(rng, samples, channels, side, filters)
    return [normal(rng, samples, filters, side, side, scale=1 / samples), x, w, stride, padding]


def torch_conv2d_backward(
    dout: Tensor, x: Tensor, w: Tensor, stride: int, padding: int
) -> tuple[Tensor, Tensor, Tensor]:
    """torch's own, without the forward pass."""
    pairs = ((stride, stride), (padding, padding), (1, 1))
    wanted = (True, True, True)
    return torch.ops.aten.convolution_backward(dout, x, w, [w.shape[0]], *pairs, False, (0, 0), 1, wanted)


# ---- Question 3.3: both poolings, forward and backward


def pooling_inputs(rng: np.random.Generator, samples: int, channels: int, side: int) -> list[Any]:
    """x, the gradients by both results, and the size of a window."""
    dout = normal(rng, 2, samples, channels, side // 2, side // 2)
    return [normal(rng, samples, channels, side, side), dout[0].clone(), dout[1].clone(), 2]


def torch_pooling(x: Tensor, dmax: Tensor, davg: Tensor, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """torch's own."""
    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        largest, mean = F.max_pool2d(leaf, size, size), F.avg_pool2d(leaf, size, size)
    (dx_max,) = torch.autograd.grad(largest, leaf, dmax)
    (dx_avg,) = torch.autograd.grad(mean, leaf, davg)
    return largest.detach(), dx_max, mean.detach(), dx_avg


# ---- Questions 3.6 and 3.7: recurrent layers


def lstm_inputs(rng: np.random.Generator, steps: int, samples: int, inputs: int, units: int) -> list[Any]:
    """x, (h0, c0), Wx, Wh and b."""
    state = (normal(rng, samples, units), normal(rng, samples, units))
    wx, wh = normal(rng, inputs, 4 * units, scale=inputs**-0.5), normal(rng, units, 4 * units, scale=units**-0.5)
    return [normal(rng, steps, samples, inputs), state, wx, wh, normal(rng, 4 * units)]


def torch_lstm(x: Tensor, state: tuple[Tensor, Tensor], wx: Tensor, wh: Tensor, b: Tensor) -> tuple[Any, ...]:
    """torch's own layer."""
    h0, c0 = state
    weights = [wx.T.contiguous(), wh.T.contiguous(), b, torch.zeros_like(b)]
    with torch.no_grad():
        y, hn, cn = torch.lstm(x, (h0[None], c0[None]), weights, True, 1, 0.0, False, False, False)
    return y, (hn[0], cn[0])


def gru_inputs(rng: np.random.Generator, steps: int, samples: int, inputs: int, units: int) -> list[Any]:
    """x, h0, Wx, Wh, bx and bh."""
    wx, wh = normal(rng, inputs, 3 * units, scale=inputs**-0.5), normal(rng, units, 3 * units, scale=units**-0.5)
    biases = normal(rng, 3 * units), normal(rng, 3 * units)
    return [normal(rng, steps, samples, inputs), normal(rng, samples, units), wx, wh, *biases]


def torch_gru(x: Tensor, h0: Tensor, wx: Tensor, wh: Tensor, bx: Tensor, bh: Tensor) -> tuple[Tensor, Tensor]:
    """torch's own layer."""
    with torch.no_grad():
        y, hn = torch.gru(
            x, h0[None], [wx.T.contiguous(), wh.T.contiguous(), bx, bh], True, 1, 0.0, False, False, False
        )
    return y, hn[0]


# ---- Question 3.8: attention


def attention_inputs(rng: np.random.Generator, samples: int, length: int, width: int, heads: int) -> list[Any]:
    """query, key, value, the four weights, the heads and a causal mask."""
    weights = tuple(normal(rng, width, width, scale=width**-0.5) for _ in range(4))
    mask = torch.ones(length, length, dtype=torch.bool).tril()
    return [*(normal(rng, samples, length, width) for _ in range(3)), weights, heads, mask]


def torch_attention(
    query: Tensor, key: Tensor, value: Tensor, weights: tuple[Tensor, ...], heads: int, mask: Tensor
) -> Tensor:
    """torch's own, between the four products."""
    wq, wk, wv, wo = weights
    q, k, v = (
        (x @ w).unflatten(-1, (heads, -1)).transpose(1, 2) for x, w in ((query, wq), (key, wk), (value, wv))
    )
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2) @ wo


WORKLOADS = [
    Workload(
        question="3.1",
        title="a convolution with a bias, stride 1 and padding 1",
        inputs=convolution_inputs,
        call="conv2d",
        oracle=torch_conv2d,
        yardstick=torch_conv2d,
        yardstick_title="torch.nn.functional.conv2d",
        good=3.6,
    ),
    Workload(
        question="3.2",
        title="the gradients of a convolution with stride 1 and padding 1",
        inputs=backward_inputs,
        call="conv2d_backward",
        oracle=torch_conv2d_backward,
        yardstick=torch_conv2d_backward,
        yardstick_title="the backward pass of torch.nn.functional.conv2d",
        good=4.0,
    ),
    Workload(
        question="3.3",
        title="both poolings of windows of 2 x 2, forward and backward",
        inputs=pooling_inputs,
        call=probes.pool_both_ways,
        needs=("max_pool2d", "max_pool2d_backward", "avg_pool2d", "avg_pool2d_backward"),
        oracle=torch_pooling,
        yardstick=torch_pooling,
        yardstick_title="torch's poolings and autograd",
    ),
    Workload(
        question="3.6",
        title="a long short-term memory over all steps",
        inputs=lstm_inputs,
        call="lstm",
        oracle=torch_lstm,
        yardstick=torch_lstm,
        yardstick_title="torch.lstm",
        good=2.8,
    ),
    Workload(
        question="3.7",
        title="a gated recurrent layer over all steps",
        inputs=gru_inputs,
        call="gru",
        oracle=torch_gru,
        yardstick=torch_gru,
        yardstick_title="torch.gru",
    ),
    Workload(
        question="3.8",
        title="attention with a causal mask",
        inputs=attention_inputs,
        call="multi_head_attention",
        oracle=torch_attention,
        yardstick=torch_attention,
        yardstick_title="torch.nn.functional.scaled_dot_product_attention between the four products",
    ),
]

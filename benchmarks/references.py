"""How the references of Labs 2 and 3 compare with what torch has built in: `make bench` prints the factors.

Both compute the same on the same inputs, one thread, float32, in turn and in random order; a factor is the median of
the ratios of the pairs. They must agree, or there is no figure.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SOLUTIONS = Path(__file__).parents[1] / "solutions"
PAIRS = 41
RUN_S = 0.004  # calls are repeated until a run takes about this long
Call = Callable[[], object]


class Pair(NamedTuple):
    """A reference and its built-in counterpart, ready to be called."""

    question: str
    what: str
    reference: Call
    built_in: Call


def load(lab: str, name: str) -> ModuleType:
    """A module of the reference solution."""
    spec = spec_from_file_location(name, SOLUTIONS / lab / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gradients(function: Callable[..., Tensor], *arguments: Tensor) -> tuple[tuple[Tensor, ...], Tensor, Call]:
    """Leaves, an upstream gradient, and autograd's backward pass through a graph that is kept."""
    leaves = tuple(argument.detach().requires_grad_() for argument in arguments)
    out = function(*leaves)
    upstream = torch.randn_like(out)
    return leaves, upstream, lambda: torch.autograd.grad(out, leaves, upstream, retain_graph=True)


def normalization() -> Iterator[Pair]:
    module = load("lab2_training", "normalization")
    x, gamma, beta = torch.randn(64, 48, 12, 12), torch.randn(48), torch.randn(48)
    layer, built_in = module.BatchNorm(48), nn.BatchNorm2d(48)
    with torch.no_grad():
        yield Pair("2.4", "batch norm, 64 x 48 x 12 x 12", lambda: layer(x), lambda: built_in(x))
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    _, dy, backward = gradients(lambda x, g, b: F.batch_norm(x, None, None, g, b, training=True), x, gamma, beta)
    reference = lambda: module.batchnorm_backward(dy, x, gamma, mean, var, 1e-5, True)  # noqa: E731
    yield Pair("2.5", "batch norm backward, the same", reference, backward)
    for groups, name in ((8, "group"), (1, "layer"), (48, "instance")):
        yield Pair(
            "2.6",
            f"{name} norm, the same",
            lambda groups=groups: module.group_norm(x, groups, gamma, beta),
            lambda groups=groups: F.group_norm(x, groups, gamma, beta),
        )


def optimizers() -> Iterator[Pair]:
    module = load("lab2_training", "optimizers")
    shapes = [(256, 256), (256,)] * 8
    cases = {
        "SGD": ({"lr": 1e-3, "momentum": 0.9}, torch.optim.SGD),
        "RMSprop": ({"lr": 1e-3}, torch.optim.RMSprop),
        "Adam": ({"lr": 1e-3}, torch.optim.Adam),
        "AdamW": ({"lr": 1e-3}, torch.optim.AdamW),
    }
    for name, (settings, built_in) in cases.items():
        values = [torch.randn(shape) for shape in shapes]
        both = []
        for make in (getattr(module, name), built_in):
            params = [nn.Parameter(value.clone()) for value in values]
            for place, param in enumerate(params):
                param.grad = torch.full_like(param, 0.1 * (place + 1))
            both.append((make(params, **settings), params))
        steps = [lambda o=optimizer, p=params: (o.step(), p)[1] for optimizer, params in both]
        yield Pair("2.7", f"{name}, a step of 8 layers of 256 x 256", *steps)
    clip = load("lab2_training", "schedules").clip_grad_norm
    params = [nn.Parameter(torch.zeros(shape)) for shape in shapes]
    for param in params:
        param.grad = torch.randn_like(param)
    yield Pair("2.8", "clipping, the same", lambda: clip(params, 1e9), lambda: nn.utils.clip_grad_norm_(params, 1e9))


def convolution() -> Iterator[Pair]:
    module = load("lab3_architectures", "convolution")
    x, w, b = torch.randn(16, 16, 28, 28), torch.randn(32, 16, 3, 3), torch.randn(32)
    what = "16 x 16 x 28 x 28, 32 filters of 3 x 3"
    yield Pair("3.1", what, lambda: module.conv2d(x, w, b, 1, 1), lambda: F.conv2d(x, w, b, 1, 1))
    _, dy, backward = gradients(lambda x, w, b: F.conv2d(x, w, b, 1, 1), x, w, b)
    yield Pair("3.2", f"backward, {what}", lambda: module.conv2d_backward(dy, x, w, 1, 1), backward)


def pooling() -> Iterator[Pair]:
    module = load("lab3_architectures", "pooling")
    x = torch.randn(16, 16, 28, 28)
    for name, built_in in (("max", F.max_pool2d), ("avg", F.avg_pool2d)):
        forward, back = getattr(module, f"{name}_pool2d"), getattr(module, f"{name}_pool2d_backward")
        yield Pair(
            "3.3",
            f"{name} pooling, 16 x 16 x 28 x 28, 2 x 2",
            lambda forward=forward: forward(x, 2, 2)[0],
            lambda built_in=built_in: built_in(x, 2, 2),
        )
        _, dy, backward = gradients(lambda x, built_in=built_in: built_in(x, 2, 2), x)
        _, cache = forward(x, 2, 2)
        yield Pair("3.3", f"{name} pooling backward, the same", lambda b=back, d=dy, c=cache: (b(d, c),), backward)


def recurrent() -> Iterator[Pair]:
    module = load("lab3_architectures", "recurrent")
    steps, samples, inputs, units = 32, 16, 32, 64
    x, h0, c0 = torch.randn(steps, samples, inputs), torch.randn(samples, units), torch.randn(samples, units)

    def weights(layer: nn.RNNBase) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return layer.weight_ih_l0.T, layer.weight_hh_l0.T, layer.bias_ih_l0, layer.bias_hh_l0

    rnn, lstm, gru = (kind(inputs, units) for kind in (nn.RNN, nn.LSTM, nn.GRU))
    wx, wh, bx, bh = weights(rnn)
    what = f"T = {steps}, N = {samples}, D = {inputs}, H = {units}"
    yield Pair(
        "3.5", f"RNN, {what}", lambda: module.rnn_forward(x, h0, wx, wh, bx + bh)[0], lambda: rnn(x, h0[None])[0]
    )
    lx, lh, lbx, lbh = weights(lstm)
    yield Pair(
        "3.6",
        f"LSTM, {what}",
        lambda: module.lstm(x, (h0, c0), lx, lh, lbx + lbh)[0],
        lambda: lstm(x, (h0[None], c0[None]))[0],
    )
    gx, gh, gbx, gbh = weights(gru)
    yield Pair("3.7", f"GRU, {what}", lambda: module.gru(x, h0, gx, gh, gbx, gbh)[0], lambda: gru(x, h0[None])[0])


def attention() -> Iterator[Pair]:
    module = load("lab3_architectures", "attention")
    samples, length, width, heads = 8, 64, 64, 4
    x = torch.randn(samples, length, width)
    wq, wk, wv, wo = weights = tuple(torch.randn(width, width) / width**0.5 for _ in range(4))
    causal = torch.ones(length, length).tril().bool()

    def built_in() -> Tensor:
        split = [(x @ w).unflatten(-1, (heads, -1)).transpose(1, 2) for w in (wq, wk, wv)]
        return F.scaled_dot_product_attention(*split, attn_mask=causal).transpose(1, 2).flatten(2) @ wo

    reference = lambda: module.multi_head_attention(x, x, x, weights, heads, causal)  # noqa: E731
    yield Pair("3.8", f"attention, N = {samples}, T = {length}, D = {width}, {heads} heads", reference, built_in)


def tensors(value: object) -> list[Tensor]:
    return [value] if isinstance(value, Tensor) else list(value)  # type: ignore[call-overload]


def agree(pair: Pair) -> bool:
    """Whether both give the same, to float32 sums."""
    with torch.no_grad():
        both = zip(tensors(pair.reference()), tensors(pair.built_in()), strict=True)
        return all(torch.allclose(ours, theirs, rtol=1e-3, atol=1e-3) for ours, theirs in both)


def seconds(call: Call, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def measure(pair: Pair) -> tuple[float, float]:
    """Median milliseconds of the reference, and the median of its ratios to the built-in."""
    once = min(seconds(pair.built_in, 1) for _ in range(5))
    times = max(1, round(RUN_S / once))
    calls = [pair.reference, pair.built_in]
    taken, ratios = [], []
    for _ in range(PAIRS):
        order = random.sample(calls, 2)
        pair_s = {id(call): seconds(call, times) for call in order}
        taken.append(pair_s[id(calls[0])])
        ratios.append(pair_s[id(calls[0])] / pair_s[id(calls[1])])
    return statistics.median(taken) * 1e3, statistics.median(ratios)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"\n{'reference against torch, one thread, float32':64s} {'ms':>10s}     factor")
    for family in (normalization, optimizers, convolution, pooling, recurrent, attention):
        for pair in family():
            if not agree(pair):
                sys.exit(f"{pair.question} {pair.what}: the reference and torch do not agree")
            with torch.no_grad():
                milliseconds, factor = measure(pair)
            print(f"{pair.question:4s} {pair.what:59s} {milliseconds:10.3g}     {factor:.2f}", flush=True)


if __name__ == "__main__":
    main()

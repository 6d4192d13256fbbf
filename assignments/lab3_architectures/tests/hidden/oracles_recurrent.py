"""What recurrent layers and attention give, computed by torch's own in float64, and how the results are looked at."""

import numpy as np
import torch

from autograder.testing import assert_close, check

LAYERS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def normal(rng, *shape, scale=1.0):
    """A float64 tensor of random numbers."""
    return torch.from_numpy(rng.normal(scale=scale, size=shape))


def recurrent(kind, x, state, Wx, Wh, bx, bh=None):
    """The results (y, state) of torch's layer; autograd goes through to all arguments."""
    bh = torch.zeros_like(bx) if bh is None else bh
    layer = LAYERS[kind](x.shape[2], Wh.shape[0], dtype=torch.float64)
    parameters = {"weight_ih_l0": Wx.T, "weight_hh_l0": Wh.T, "bias_ih_l0": bx, "bias_hh_l0": bh}
    first = tuple(part[None] for part in state) if kind == "lstm" else state[None]
    y, last = torch.func.functional_call(layer, parameters, (x, first))
    return y, (tuple(part[0] for part in last) if kind == "lstm" else last[0])


def gradients(kind, arguments, upstream):
    """The gradients by all arguments, in order, of a loss whose gradients by the results are `upstream`."""
    leaves = []

    def leaf(value):
        if isinstance(value, tuple):
            return tuple(leaf(part) for part in value)
        leaves.append(value.detach().double().clone().requires_grad_())
        return leaves[-1]

    y, last = recurrent(kind, *[leaf(value) for value in arguments])
    results = (y, *last) if kind == "lstm" else (y, last)
    return torch.autograd.grad(results, leaves, [part.double() for part in upstream])


def rnn_arguments(rng, steps, samples, inputs, units):
    """x, h0, Wx, Wh, b, so that tanh works in its bent part and not in its flat one."""
    return (
        normal(rng, steps, samples, inputs),
        normal(rng, samples, units, scale=0.5),
        normal(rng, inputs, units, scale=inputs**-0.5),
        normal(rng, units, units, scale=0.8 * units**-0.5),
        normal(rng, units, scale=0.5),
    )


def lstm_arguments(rng, steps, samples, inputs, units):
    """x, (h0, c0), Wx, Wh, b."""
    x, h0, _, _, _ = rnn_arguments(rng, steps, samples, inputs, units)
    return (
        x,
        (h0, normal(rng, samples, units)),
        normal(rng, inputs, 4 * units, scale=inputs**-0.5),
        normal(rng, units, 4 * units, scale=units**-0.5),
        normal(rng, 4 * units),
    )


def gru_arguments(rng, steps, samples, inputs, units):
    """x, h0, Wx, Wh, bx, bh."""
    return (
        normal(rng, steps, samples, inputs),
        normal(rng, samples, units),
        normal(rng, inputs, 3 * units, scale=inputs**-0.5),
        normal(rng, units, 3 * units, scale=units**-0.5),
        normal(rng, 3 * units),
        normal(rng, 3 * units),
    )


def extreme_bias(rng, blocks, units):
    """A bias (blocks * units,) of +-900, both signs in each block."""
    signs = np.resize([900.0, -900.0], (blocks, units))
    return torch.from_numpy(rng.permuted(signs, axis=1).ravel())


def floats(values):
    """The same nested tuples, with float32 tensors."""
    return tuple(floats(value) for value in values) if isinstance(values, tuple) else values.float()


def copied(values):
    """The same nested tuples, with copies of the tensors."""
    return tuple(copied(value) for value in values) if isinstance(values, tuple) else values.clone()


def flat(values):
    """The tensors of nested tuples, in order."""
    return [tensor for value in values for tensor in flat(value)] if isinstance(values, tuple) else [values]


def spread(values):
    """The same nested tuples, with tensors that lie in memory as if their first two axes had been swapped."""
    if isinstance(values, tuple):
        return tuple(spread(value) for value in values)
    if values.dim() == 1:
        return values.repeat_interleave(2)[::2]
    return values.transpose(0, 1).contiguous().transpose(0, 1)


def assert_all_close(got, expected, names, rule="", **tolerance):
    """Each of several results against its expected value, by name; None is told as a gradient that is not there."""
    check(len(got) == len(expected), f"the result has not {len(expected)} parts: {', '.join(names)}")
    for name, have, want in zip(names, got, expected, strict=True):
        check(
            have is not None, f"autograd gets no gradient to {name}: the result does not depend on it, or was detached"
        )
        assert_close(have, want.detach(), what=name, rule=rule, **tolerance)


def assert_dtype(got, like, what):
    """Fail unless `got` is a tensor of the dtype of `like`."""
    found = getattr(got, "dtype", None)
    check(found == like.dtype, f"{what} has dtype {found}, expected that of the arguments, {like.dtype}")

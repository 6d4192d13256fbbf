"""Lab 3, recurrent networks: a plain one with backpropagation through time by hand, then LSTM and GRU.

Everywhere: T steps, N sequences, D numbers in each step, H units. Time is the first axis. All tensors of a call have
one float dtype and lie on one device; results have that dtype and lie there, too. Arguments need not be contiguous,
and none of them may be changed.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Criterion = Callable[[Tensor, Tensor], tuple[float, Tensor]]


# ---- Question 3.5: Backpropagation through time ----
def rnn_forward(x: Tensor, h0: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Any]:
    """A plain recurrent layer: h_t = tanh(x_t @ Wx + h_(t-1) @ Wh + b), for t = 1, ..., T.

    Nothing may be remembered outside the cache: several calls may be made before the first of them is gone back
    through. Not allowed in this question: torch's own recurrent layers (RNN, LSTM, GRU and their cells, under any name)
    and torch's automatic differentiation (`backward`, `torch.autograd.grad` and whatever else runs a backward pass).

    Args:
        x: shape (T, N, D), T and N at least 1.
        h0: shape (N, H), the state before the first step.
        Wx: shape (D, H).
        Wh: shape (H, H).
        b: shape (H,).

    Returns:
        y: shape (T, N, H), the states h_1, ..., h_T.
        hn: shape (N, H), the last state, h_T.
        cache: whatever `rnn_backward` needs; its layout is yours.
    """
    # BEGIN SOLUTION
    projected = x @ Wx + b  # (T, N, H): what does not depend on the state, for all steps at once
    states = [h0]
    for step in projected:
        states.append(torch.tanh(torch.addmm(step, states[-1], Wh)))
    history = torch.stack(states)  # (T + 1, N, H), h0 first
    return history[1:], states[-1], (x, history, Wx, Wh)
    # END SOLUTION


def rnn_backward(dy: Tensor, dhn: Tensor, cache: Any) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Gradients of the recurrent layer by all its arguments, found by hand, step by step backwards in time.

    The loss uses both results: it has the gradient `dy` by y and `dhn` by hn, and what reaches the last state is the
    sum `dy[-1] + dhn`. Neither holds any factor that is yours to add or to take away. What is not allowed stands in
    `rnn_forward`.

    Args:
        dy: shape (T, N, H), d loss / d y.
        dhn: shape (N, H), d loss / d hn: what comes back from whoever goes on from hn.
        cache: what `rnn_forward` returned beside that y.

    Returns:
        dx: shape (T, N, D), d loss / d x.
        dh0: shape (N, H), d loss / d h0.
        dWx: shape (D, H), d loss / d Wx.
        dWh: shape (H, H), d loss / d Wh.
        db: shape (H,), d loss / d b.
    """
    # BEGIN SOLUTION
    x, history, Wx, Wh = cache
    slopes = 1 - history[1:] ** 2  # (T, N, H), the derivative of tanh
    dh, steps = dhn, []
    for dy_t, slope in zip(dy.flip(0), slopes.flip(0), strict=True):
        steps.append((dy_t + dh) * slope)  # (N, H), the gradient by what goes into tanh
        dh = steps[-1] @ Wh.T
    dz = torch.stack(steps[::-1])  # (T, N, H)
    rows = dz.flatten(0, 1)  # (T N, H): the weights are the same in every step, so their gradients add up over T and N
    return dz @ Wx.T, dh, x.flatten(0, 1).T @ rows, history[:-1].flatten(0, 1).T @ rows, rows.sum(0)
    # END SOLUTION


def tbptt(
    x: Tensor,
    targets: Tensor,
    h0: Tensor,
    Wx: Tensor,
    Wh: Tensor,
    b: Tensor,
    chunk: int,
    lr: float,
    criterion: Criterion,
) -> tuple[list[float], Tensor, tuple[Tensor, Tensor, Tensor]]:
    """Train the recurrent layer by truncated backpropagation through time, one pass over long sequences.

    The T steps are cut into chunks of `chunk` steps one after the other; the last chunk is shorter if T is no
    multiple. For each chunk: forward from the state that the chunk before it ended with (h0 for the first one), with
    the parameters as they are by now; the criterion; backward through this chunk alone; and one step of gradient
    descent, parameter - lr * gradient. The state goes on from chunk to chunk, the gradient does not. What is not
    allowed stands in `rnn_forward`.

    Args:
        x: shape (T, N, D).
        targets: shape (T, ...), any dtype: cut into the same chunks as x, and otherwise handed to the criterion.
        h0: shape (N, H), the state before the first step.
        Wx: shape (D, H), the parameter to start from; not changed.
        Wh: shape (H, H), likewise.
        b: shape (H,), likewise.
        chunk: steps in a chunk, at least 1; may be larger than T.
        lr: the learning rate.
        criterion: `criterion(y, targets)`, with both of one chunk, gives (loss, dy): a float, and d loss / d y, which
            already holds every factor of the loss.

    Returns:
        losses: the criterion's loss of each chunk, in order, just as it gave them.
        hn: shape (N, H), the state at the end of the last chunk.
        parameters: (Wx, Wh, b) after the last step.
    """
    # BEGIN SOLUTION
    losses, h, parameters = [], h0, (Wx, Wh, b)
    for x_chunk, targets_chunk in zip(x.split(chunk), targets.split(chunk), strict=True):
        y, h, cache = rnn_forward(x_chunk, h, *parameters)
        loss, dy = criterion(y, targets_chunk)
        _, _, *gradients = rnn_backward(dy, torch.zeros_like(h), cache)  # zeros: nothing comes back from later chunks
        parameters = tuple(p - lr * gradient for p, gradient in zip(parameters, gradients, strict=True))
        losses.append(loss)
    return losses, h, parameters
    # END SOLUTION


# ---- Question 3.6: Long short-term memory ----
def lstm(
    x: Tensor, state: tuple[Tensor, Tensor], Wx: Tensor, Wh: Tensor, b: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """A layer of long short-term memory, which keeps a cell c beside the state h.

    In each step, with a = x_t @ Wx + h_(t-1) @ Wh + b, shape (N, 4H), whose four blocks of H columns are, in this
    order, the input gate, the forget gate, the candidate and the output gate:

        i = sigmoid(a_i)    f = sigmoid(a_f)    g = tanh(a_g)    o = sigmoid(a_o)
        c_t = f * c_(t-1) + i * g
        h_t = o * tanh(c_t)

    Autograd must find its way back from all results to every argument. Gates may be wide open or shut: entries of a
    up to +-1000 give finite results and finite gradients. Not allowed: torch's own recurrent layers (RNN, LSTM, GRU
    and their cells, under any name).

    Args:
        x: shape (T, N, D), T and N at least 1.
        state: (h0, c0), each of shape (N, H), before the first step.
        Wx: shape (D, 4H).
        Wh: shape (H, 4H).
        b: shape (4H,).

    Returns:
        y: shape (T, N, H), the states h_1, ..., h_T.
        state: (hn, cn), each of shape (N, H), after the last step.
    """
    # BEGIN SOLUTION
    h, c = state
    outputs = []
    for step in x @ Wx + b:  # (N, 4H): what does not depend on the state, for all steps at once
        i, f, g, o = torch.addmm(step, h, Wh).chunk(4, dim=1)  # (N, H) each
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs), (h, c)
    # END SOLUTION


# ---- Question 3.7: The gated recurrent unit ----
def gru(x: Tensor, h0: Tensor, Wx: Tensor, Wh: Tensor, bx: Tensor, bh: Tensor) -> tuple[Tensor, Tensor]:
    """A layer of gated recurrent units, in PyTorch's form: the reset gate comes after the product with Wh.

    In each step, with u = x_t @ Wx + bx and v = h_(t-1) @ Wh + bh, both of shape (N, 3H), whose three blocks of H
    columns are, in this order, for the reset gate, the update gate and the candidate:

        r = sigmoid(u_r + v_r)    z = sigmoid(u_z + v_z)    n = tanh(u_n + r * v_n)
        h_t = (1 - z) * n + z * h_(t-1)

    Autograd must find its way back from both results to every argument. Gates may be wide open or shut: entries of u
    and v up to +-1000 give finite results and finite gradients. Not allowed: torch's own recurrent layers (RNN, LSTM,
    GRU and their cells, under any name).

    Args:
        x: shape (T, N, D), T and N at least 1.
        h0: shape (N, H), the state before the first step.
        Wx: shape (D, 3H).
        Wh: shape (H, 3H).
        bx: shape (3H,), added to the product with Wx.
        bh: shape (3H,), added to the product with Wh.

    Returns:
        y: shape (T, N, H), the states h_1, ..., h_T.
        hn: shape (N, H), the last state, h_T.
    """
    # BEGIN SOLUTION
    h, outputs = h0, []
    for u_t in x @ Wx + bx:  # (N, 3H): what does not depend on the state, for all steps at once
        u_r, u_z, u_n = u_t.chunk(3, dim=1)  # (N, H) each
        v_r, v_z, v_n = torch.addmm(bh, h, Wh).chunk(3, dim=1)
        r, z = torch.sigmoid(u_r + v_r), torch.sigmoid(u_z + v_z)
        n = torch.tanh(u_n + r * v_n)
        h = n + z * (h - n)  # (1 - z) * n + z * h with one product
        outputs.append(h)
    return torch.stack(outputs), h
    # END SOLUTION

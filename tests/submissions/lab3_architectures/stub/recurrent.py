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
    raise NotImplementedError("Question 3.5: Backpropagation through time")


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
    raise NotImplementedError("Question 3.5: Backpropagation through time")


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
    raise NotImplementedError("Question 3.5: Backpropagation through time")


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
    raise NotImplementedError("Question 3.6: Long short-term memory")


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
    raise NotImplementedError("Question 3.7: The gated recurrent unit")

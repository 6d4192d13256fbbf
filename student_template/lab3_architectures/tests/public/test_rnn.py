"""Lab 3, backpropagation through time: the tests that you have."""

import math

import probes
import torch

from autograder.testing import assert_close, assert_shape, check, hint, question, weight

pytestmark = question("3.5")

# The handout's worked example: two steps of one unit, Wx = Wh = 1, b = 0. What goes into tanh is ln 2, then ln 3.
X = torch.tensor([[[math.log(2) - 1]], [[math.log(3) - 0.6]]], dtype=torch.float64)
ONE, ZERO = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
B = torch.zeros(1, dtype=torch.float64)
NAMES = ("dx", "dh0", "dWx", "dWh", "db")


def column(*values):
    """Numbers, one for each step, as a tensor (T, 1, 1)."""
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1, 1)


@hint("Each step needs the state that the step before it gave; the first one needs h0.")
def test_forward_of_the_worked_example(student):
    """Each state comes from the input of its step and from the state before it."""
    y, hn, _ = student.rnn_forward(X, ONE, ONE, ONE, B)
    assert_close(y, column(0.6, 0.8), what="y", rule="tanh(x_t @ Wx + h_(t-1) @ Wh + b)")
    assert_close(hn, column(0.8)[0], what="hn", rule="the last state")


@weight(2)
@hint("Go back from the last step: dz = (dy_t + what the step after it sends back) * (1 - h_t^2).")
def test_backward_of_the_worked_example(student):
    """A loss on the last step alone reaches everything before it."""
    _, _, cache = student.rnn_forward(X, ONE, ONE, ONE, B)
    found = student.rnn_backward(column(0.0, 1.0), ZERO, cache)
    # dz_2 = 1 - 0.8^2 = 0.36, dz_1 = 0.36 * (1 - 0.6^2) = 0.2304.
    both = 0.2304 * (math.log(2) - 1) + 0.36 * (math.log(3) - 0.6)
    expected = (column(0.2304, 0.36), [[0.2304]], [[both]], [[0.2304 + 0.6 * 0.36]], [0.5904])
    check(len(found) == len(NAMES), f"rnn_backward does not give {len(NAMES)} gradients: {', '.join(NAMES)}")
    for name, have, want in zip(NAMES, found, expected, strict=True):
        assert_close(have, want, what=name)


@hint("What reaches the last state is dy[-1] + dhn.")
def test_gradient_of_the_last_state(student):
    """Whoever goes on from hn sends a gradient back, too: dhn."""
    _, _, cache = student.rnn_forward(X, ONE, ONE, ONE, B)
    dx, dh0, *_ = student.rnn_backward(column(0.0, 1.0), 2 * ONE, cache)
    assert_close(dx, 3 * column(0.2304, 0.36), what="dx", rule="dy[-1] + dhn reaches the last state")
    assert_close(dh0, [[3 * 0.2304]], what="dh0", rule="dy[-1] + dhn reaches the last state")


@weight(0.5)
@hint("Time is the first axis, the sequences of the batch are the second.")
def test_shapes(student):
    """With T, N, D and H all different, every result has its shape."""
    steps, samples, inputs, units = 5, 3, 4, 2
    x, h0 = torch.zeros(steps, samples, inputs), torch.zeros(samples, units)
    y, hn, cache = student.rnn_forward(x, h0, torch.zeros(inputs, units), torch.zeros(units, units), torch.zeros(units))
    assert_shape(y, (steps, samples, units), "y", "(T, N, H)")
    assert_shape(hn, (samples, units), "hn", "(N, H)")
    found = student.rnn_backward(torch.ones(steps, samples, units), torch.zeros(samples, units), cache)
    shapes = [(steps, samples, inputs), (samples, units), (inputs, units), (units, units), (units,)]
    check(len(found) == len(NAMES), f"rnn_backward does not give {len(NAMES)} gradients: {', '.join(NAMES)}")
    for name, have, shape in zip(NAMES, found, shapes, strict=True):
        assert_shape(have, shape, name, "the shape of what it is the gradient by")


@weight(1.5)
@hint("Start every chunk from the state that the one before ended with, and go back with zeros for dhn.")
def test_chunks_of_the_worked_example(student):
    """In chunks of one step the state goes on and the gradient does not."""
    losses, hn, parameters = student.tbptt(
        X, column(0.0, 1.0), ONE, ONE, ONE, B, chunk=1, lr=1.0, criterion=probes.weighted_sum
    )
    assert_close(losses, [0.0, 0.8], what="losses", rule="one for each chunk; the second starts from state 0.6")
    assert_close(hn, [[0.8]], what="hn", rule="the state at the end")
    # The loss is that of the second step alone, which knows dz_2 = 0.36, its input and the state 0.6 before it.
    expected = ([[1 - 0.36 * (math.log(3) - 0.6)]], [[1 - 0.36 * 0.6]], [-0.36])
    check(len(parameters) == 3, "parameters do not have three parts: Wx, Wh, b")
    for name, have, want in zip(("Wx", "Wh", "b"), parameters, expected, strict=True):
        assert_close(have, want, what=f"{name} after the last step", rule="parameter - lr * gradient of its own chunk")

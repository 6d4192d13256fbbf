"""Lab 3, the gated recurrent unit: the tests that you have."""

import math

import probes
import torch

from autograder.testing import assert_close, assert_shape, check, hint, question, weight

pytestmark = question("3.7")


def tensor(*values):
    """Numbers as a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


@weight(2)
@hint("n = tanh(u_n + r * v_n): r multiplies all of v_n, bias included. Then h = (1 - z) * n + z * h.")
def test_worked_example(student):
    """One step of one unit gives the state worked by hand."""
    # r = sigmoid(ln 3) = 3/4, z = sigmoid(-ln 3) = 1/4, n = tanh(ln 2 - 0.9 + 3/4 * (0.4 + 0.8)) = 3/5.
    Wx, Wh = tensor([math.log(3), 0, math.log(2) - 0.9]), tensor([0, -math.log(3), 0.4])
    y, hn = student.gru(tensor([[1.0]]), tensor([1.0]), Wx, Wh, tensor(0.0, 0.0, 0.0), tensor(0.0, 0.0, 0.8))
    assert_close(y, [[[0.7]]], what="y", rule="(1 - z) * n + z * h")
    assert_close(hn, [[0.7]], what="hn", rule="the last state")


@hint("Where z is 1, h = (1 - z) * n + z * h is the old state.")
def test_an_update_gate_that_is_1_keeps_the_state(student):
    """With the update gate at 1, the state is the same after thirty steps."""
    h0 = tensor([0.5, -2.0])
    b = tensor(0.0, 0.0, 40.0, 40.0, 1.0, -1.0)
    zeros = torch.zeros(2, 6, dtype=torch.float64)
    y, hn = student.gru(torch.ones(30, 1, 2, dtype=torch.float64), h0, zeros, zeros, b, 0 * b)
    assert_close(y, h0.expand(30, 1, 2), what="y", rule="h0 in every step")
    assert_close(hn, h0, what="hn", rule="h0")


@hint("Where z is 0, the new state is n; where r is 0, nothing of v_n gets into n.")
def test_a_reset_gate_that_is_0_forgets_the_state(student):
    """With both gates at 0, the new state comes from the input alone."""
    bx, bh = tensor(-40.0, -40.0, -40.0, -40.0, 0.0, 0.0), tensor(0.0, 0.0, 0.0, 0.0, 5.0, 7.0)
    Wx = torch.cat([torch.zeros(2, 4, dtype=torch.float64), torch.eye(2, dtype=torch.float64)], dim=1)
    Wh = torch.cat([torch.zeros(2, 4, dtype=torch.float64), torch.ones(2, 2, dtype=torch.float64)], dim=1)
    y, _ = student.gru(tensor([[math.log(2), -math.log(3)]]), tensor([9.0, -4.0]), Wx, Wh, bx, bh)
    assert_close(y, [[[0.6, -0.8]]], what="y", rule="tanh(u_n)")


@weight(0.5)
@hint("Time is the first axis, the sequences of the batch are the second.")
def test_shapes_and_gradients(student):
    """With T, N, D and H all different, results have their shapes, and autograd gets to every argument."""
    steps, samples, inputs, units = 5, 3, 4, 2
    arguments = (
        torch.ones(steps, samples, inputs),
        torch.ones(samples, units) / 2,
        torch.full((inputs, 3 * units), 0.1),
        torch.full((units, 3 * units), 0.2),
        torch.zeros(3 * units),
        torch.zeros(3 * units),
    )
    y, hn = student.gru(*arguments)
    assert_shape(y, (steps, samples, units), "y", "(T, N, H)")
    assert_shape(hn, (samples, units), "hn", "(N, H)")
    assert_close(hn, y[-1], what="hn", rule="the last of the states in y")
    upstream = [torch.ones(steps, samples, units), torch.ones(samples, units)]
    _, gradients = student.run(probes.results_and_gradients, student.gru, arguments, upstream)
    for name, gradient in zip(("x", "h0", "Wx", "Wh", "bx", "bh"), gradients, strict=True):
        check(gradient is not None and bool((gradient != 0).any()), f"autograd gets no gradient to {name}")

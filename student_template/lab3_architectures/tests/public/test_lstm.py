"""Lab 3, long short-term memory: the tests that you have."""

import math

import probes
import torch

from autograder.testing import assert_close, assert_shape, check, hint, question, weight

pytestmark = question("3.6")


def tensor(*values):
    """Numbers as a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


def closed_box(units):
    """Wx, Wh and b of a layer without inputs that keeps its cell: i shut, f open, g anything, o half open."""
    b = torch.cat([torch.full((units,), value, dtype=torch.float64) for value in (-40.0, 40.0, 3.0, 0.0)])
    return torch.zeros(2, 4 * units, dtype=torch.float64), torch.zeros(units, 4 * units, dtype=torch.float64), b


@weight(2)
@hint(
    "The four blocks of columns are i, f, g, o in this order; g goes through tanh, the other three through a sigmoid."
)
def test_worked_example(student):
    """One step of one unit gives the cell and the state worked by hand."""
    # i = sigmoid(ln 3) = 3/4 from x, f = 1/2, g = tanh(ln 2) = 3/5 from h, o = sigmoid(-ln 3) = 1/4 from b.
    Wx, Wh, b = tensor([math.log(3), 0, 0, 0]), tensor([0, 0, math.log(2), 0]), tensor(0, 0, 0, -math.log(3))
    state = (tensor([1.0]), tensor([2 * math.log(2) - 0.9]))
    y, (hn, cn) = student.lstm(tensor([[1.0]]), state, Wx, Wh, b)
    assert_close(cn, [[math.log(2)]], what="cn", rule="f * c0 + i * g")
    assert_close(hn, [[0.15]], what="hn", rule="o * tanh(c)")
    assert_close(y, [[[0.15]]], what="y", rule="the states of all steps")


@hint("c = f * c + i * g: begin with c = c0, and hand c on from step to step beside h.")
def test_a_cell_can_keep_what_it_holds(student):
    """With the input gate shut and the forget gate open, the cell is the same after thirty steps."""
    h0, c0 = tensor([0.5, -0.5, 0.25]), tensor([2.0, -1.0, 0.5])
    y, (hn, cn) = student.lstm(torch.ones(30, 1, 2, dtype=torch.float64), (h0, c0), *closed_box(3))
    assert_close(cn, c0, what="cn", rule="c0, since nothing was added and nothing forgotten")
    expected = torch.tanh(c0).expand(30, 1, 3) / 2
    assert_close(y, expected, what="y", rule="o * tanh(c) in every step")
    assert_close(hn, expected[-1], what="hn", rule="the last state")


@weight(0.5)
@hint("Collect the states in a list and torch.stack it; return y, (hn, cn).")
def test_shapes(student):
    """With T, N, D and H all different, the result is y and the pair (hn, cn), each with its shape."""
    steps, samples, inputs, units = 5, 3, 4, 2
    state = (torch.zeros(samples, units), torch.ones(samples, units))
    weights = (torch.ones(inputs, 4 * units), torch.ones(units, 4 * units), torch.zeros(4 * units))
    result = student.lstm(torch.ones(steps, samples, inputs), state, *weights)
    check(len(result) == 2, "the result does not have two parts, y and (hn, cn)")
    check(len(result[1]) == 2, "the second part of the result is not the pair (hn, cn)")
    assert_shape(result[0], (steps, samples, units), "y", "(T, N, H)")
    for name, part in zip(("hn", "cn"), result[1], strict=True):
        assert_shape(part, (samples, units), name, "(N, H)")
    assert_close(result[1][0], result[0][-1], what="hn", rule="the last of the states in y")


@hint("Work with torch all the way: no .item(), .data, .detach() or torch.tensor(...) of what you computed.")
def test_gradient_through_a_cell_that_keeps(student):
    """The gradient goes through thirty steps of a cell that keeps what it holds, as large as it was."""
    arguments = (torch.ones(30, 1, 2, dtype=torch.float64), (tensor([0.5, -0.5]), tensor([2.0, -1.0])), *closed_box(2))
    upstream = [torch.zeros(30, 1, 2, dtype=torch.float64), tensor([0.0, 0.0]), tensor([3.0, -2.0])]
    _, gradients = student.run(probes.results_and_gradients, student.lstm, arguments, upstream)
    check(gradients[2] is not None, "autograd gets no gradient from cn to c0")
    assert_close(gradients[2], upstream[2], what="the gradient by c0", rule="the gradient by cn, since f is 1")

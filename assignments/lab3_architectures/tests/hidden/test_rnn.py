"""Lab 3, backpropagation through time: the tests that grade."""

import probes
import pytest
import torch
from oracles_recurrent import (
    assert_all_close,
    assert_dtype,
    copied,
    flat,
    floats,
    gradients,
    normal,
    recurrent,
    rnn_arguments,
    spread,
)

from autograder.testing import assert_close, assert_equal, assert_follows_device, check, hint, question, weight

pytestmark = question("3.5")

NAMES = ("dx", "dh0", "dWx", "dWh", "db")
CARRIED = "the state goes on from chunk to chunk, with the parameters as they are by then"


def backward(student, arguments, dy, dhn):
    """The student's five gradients."""
    _, _, cache = student.rnn_forward(*arguments)
    found = student.rnn_backward(dy, dhn, cache)
    check(len(found) == len(NAMES), f"rnn_backward does not give {len(NAMES)} gradients: {', '.join(NAMES)}")
    return dict(zip(NAMES, found, strict=True))


def truncated(arguments, targets, chunk, lr):
    """Losses, last state and parameters by autograd, for the mean squared error of each chunk."""
    x, h, *parameters = [value.double() for value in arguments]
    losses = []
    for start in range(0, len(x), chunk):
        parameters = [value.detach().requires_grad_() for value in parameters]
        y, h = recurrent("rnn", x[start : start + chunk], h.detach(), *parameters)
        loss = ((y - targets[start : start + chunk]) ** 2).mean()
        slopes = torch.autograd.grad(loss, parameters)
        parameters = [value - lr * slope for value, slope in zip(parameters, slopes, strict=True)]
        losses.append(loss.item())
    return losses, h, parameters


@weight(1.5)
@hint("h = tanh(x[t] @ Wx + h @ Wh + b), beginning with h = h0.")
def test_states(student, rng):
    """The states follow from each other, from h0 on."""
    arguments = rnn_arguments(rng, 6, 3, 4, 5)
    y, hn, _ = student.rnn_forward(*arguments)
    expected_y, expected_hn = recurrent("rnn", *arguments)
    assert_close(y, expected_y, what="y", rule="tanh(x_t @ Wx + h_(t-1) @ Wh + b)")
    assert_close(hn, expected_hn, what="hn", rule="the last state")
    assert_dtype(y, arguments[0], "y")


@weight(2)
@hint(
    "h_t has two users, y_t and the next step: add dy_t to what comes back from that step before you go through tanh."
)
def test_gradients_of_input_and_first_state(student, rng):
    """dx and dh0 hold what goes back through all later steps."""
    arguments = rnn_arguments(rng, 6, 3, 4, 5)
    dy, dhn = normal(rng, 6, 3, 5), torch.zeros(3, 5, dtype=torch.float64)
    found = backward(student, arguments, dy, dhn)
    expected = dict(zip(NAMES, gradients("rnn", arguments, (dy, dhn)), strict=True))
    for name in ("dx", "dh0"):
        assert_close(found[name], expected[name], what=name, rule="each step passes on what the later ones sent back")


@weight(2)
@hint("All steps use the same Wx, Wh and b: their gradients are sums over all steps and all sequences.")
def test_gradients_of_parameters(student, rng):
    """The gradients of Wx, Wh and b add up over the steps and over the batch."""
    arguments = rnn_arguments(rng, 6, 3, 4, 5)
    dy, dhn = normal(rng, 6, 3, 5), torch.zeros(3, 5, dtype=torch.float64)
    found = backward(student, arguments, dy, dhn)
    expected = dict(zip(NAMES, gradients("rnn", arguments, (dy, dhn)), strict=True))
    for name in ("dWx", "dWh", "db"):
        assert_close(found[name], expected[name], what=name, rule="the sum over steps and sequences")


@hint("dhn reaches the last state beside dy[-1], and goes back from there.")
def test_gradient_that_comes_back_from_hn(student, rng):
    """A gradient by hn reaches every argument, alone and beside one by y."""
    arguments = rnn_arguments(rng, 4, 2, 3, 5)
    dhn = normal(rng, 2, 5)
    for dy in (torch.zeros(4, 2, 5, dtype=torch.float64), normal(rng, 4, 2, 5)):
        found = backward(student, arguments, dy, dhn)
        expected = gradients("rnn", arguments, (dy, dhn))
        assert_all_close(list(found.values()), expected, NAMES, "dy[-1] + dhn reaches the last state")


@pytest.mark.parametrize(("steps", "samples", "units"), [(1, 4, 3), (50, 1, 2), (3, 2, 1)])
@weight(0.5)
@hint("One step, one sequence and one unit are still axes: no squeeze. The first step's state before it is h0.")
def test_other_sizes(student, rng, steps, samples, units):
    """One step, many steps of a single sequence, or a single unit: all results and gradients."""
    arguments = rnn_arguments(rng, steps, samples, 3, units)
    dy, dhn = normal(rng, steps, samples, units), normal(rng, samples, units)
    y, hn, cache = student.rnn_forward(*arguments)
    assert_all_close((y, hn), recurrent("rnn", *arguments), ("y", "hn"))
    assert_all_close(student.rnn_backward(dy, dhn, cache), gradients("rnn", arguments, (dy, dhn)), NAMES)


@weight(1.5)
@pytest.mark.parametrize("chunk", [1, 4])
@hint("Give rnn_backward zeros for dhn, and the next chunk the state hn of this one.")
def test_truncation(student, rng, chunk):
    """Parameters move along the gradient of each chunk alone, and the state is handed on."""
    arguments = rnn_arguments(rng, 11, 2, 3, 4)
    targets = normal(rng, 11, 2, 4, scale=0.5)
    losses, hn, parameters = student.tbptt(arguments[0], targets, *arguments[1:], chunk, 0.5, probes.squared_error)
    expected_losses, expected_hn, expected_parameters = truncated(arguments, targets, chunk, 0.5)
    assert_close(losses, expected_losses, what="losses", rule="one for each chunk, the last of which may be shorter")
    assert_close(hn, expected_hn.detach(), what="hn", rule=CARRIED)
    assert_all_close(parameters, expected_parameters, ("Wx", "Wh", "b"), "the gradient stops where a chunk begins")


@hint("x.split(chunk) and x[start : start + chunk] both take care of a last piece that is shorter.")
def test_one_chunk(student, rng):
    """A chunk as long as the sequence, or longer, is plain backpropagation through time with one step of descent."""
    arguments = rnn_arguments(rng, 5, 2, 3, 4)
    targets = normal(rng, 5, 2, 4, scale=0.5)
    for chunk in (5, 8):
        losses, hn, parameters = student.tbptt(arguments[0], targets, *arguments[1:], chunk, 0.3, probes.squared_error)
        expected_losses, expected_hn, expected_parameters = truncated(arguments, targets, 5, 0.3)
        assert_close(losses, expected_losses, what="losses", rule="a single one")
        assert_close(hn, expected_hn.detach(), what="hn")
        assert_all_close(parameters, expected_parameters, ("Wx", "Wh", "b"), "parameter - lr * gradient")


@weight(0.5)
@hint("Let every call put all it needs into its own cache, and change nothing in there or in dy.")
def test_calls_do_not_disturb_each_other(student, rng):
    """Several calls of rnn_forward may come before the first of rnn_backward."""
    calls = [
        (rnn_arguments(rng, steps, samples, 3, 4), normal(rng, steps, samples, 4), normal(rng, samples, 4))
        for steps, samples in ((3, 2), (3, 2), (5, 1))
    ]
    results, found = student.run(probes.forward_then_backward, student.rnn_forward, student.rnn_backward, calls)
    for (arguments, dy, dhn), both, got in zip(calls, results, found, strict=True):
        assert_all_close(both, recurrent("rnn", *arguments), ("y", "hn"))
        assert_all_close(got, gradients("rnn", arguments, (dy, dhn)), NAMES, "of the call that the cache belongs to")


@weight(0.5)
@hint("Build new tensors: h += ... or W -= ... changes the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Forward, backward and training leave all their arguments as they were."""
    arguments = rnn_arguments(rng, 4, 2, 3, 5)
    dy, dhn, targets = normal(rng, 4, 2, 5), normal(rng, 2, 5), normal(rng, 4, 2, 5)
    given = (*arguments, dy, dhn, targets)
    before = copied(given)
    _, _, cache = student.rnn_forward(*arguments)
    found = student.rnn_backward(dy, dhn, cache)
    losses, _, _ = student.tbptt(arguments[0], targets, *arguments[1:], 2, 0.1, probes.squared_error)
    assert_all_close(found, gradients("rnn", before[:5], before[5:7]), NAMES)
    assert_close(losses, truncated(before[:5], before[7], 2, 0.1)[0], what="losses")
    names = ("x", "h0", "Wx", "Wh", "b", "dy", "dhn", "targets")
    for name, now, then in zip(names, given, before, strict=True):
        assert_equal(now.numpy(), then.numpy(), what=f"{name} after the calls", rule="as it was before")


@weight(0.5)
@hint("Make new tensors like those that came in (zeros_like, stack), and reshape rather than view.")
def test_float32_and_strides(student, rng):
    """Tensors in float32, and tensors that are not contiguous, give results in their dtype."""
    for arguments in (floats(rnn_arguments(rng, 7, 4, 3, 5)), spread(rnn_arguments(rng, 7, 4, 3, 5))):
        dy, dhn = (value.to(arguments[0].dtype) for value in (normal(rng, 7, 4, 5), normal(rng, 4, 5)))
        dy = spread(dy)
        y, hn, cache = student.rnn_forward(*arguments)
        found = student.rnn_backward(dy, dhn, cache)
        wide = tuple(value.double() for value in arguments)
        # float32: right solutions are within 5e-7 (worst of 20 seeds); float64 by the same bound.
        near = {"rtol": 1e-4, "relative_to_largest": True}
        assert_all_close((y, hn), recurrent("rnn", *wide), ("y", "hn"), **near)
        assert_all_close(found, gradients("rnn", wide, (dy, dhn)), NAMES, **near)
        for name, tensor in zip(("y", "hn", *NAMES), flat((y, hn, *found)), strict=True):
            assert_dtype(tensor, arguments[0], name)


@weight(0.5)
@hint("Make zeros with torch.zeros_like(h), or with device=x.device, so that they lie where the arguments do.")
def test_device(student, rng):
    """New tensors are made where the arguments are, say on a GPU."""
    arguments, dy, dhn = rnn_arguments(rng, 5, 2, 3, 4), normal(rng, 5, 2, 4), normal(rng, 2, 4)
    found = backward(student, arguments, dy, dhn)
    assert_all_close(list(found.values()), gradients("rnn", arguments, (dy, dhn)), NAMES, "looked at first")
    calls = [(arguments, dy, dhn)]
    assert_follows_device(student, probes.forward_then_backward, student.rnn_forward, student.rnn_backward, calls)
    assert_follows_device(student, student.tbptt, arguments[0], dy, *arguments[1:], 2, 0.1, probes.given_gradient)

"""Lab 3, the gated recurrent unit: the tests that grade."""

import probes
import pytest
import torch
from oracles_recurrent import (
    assert_all_close,
    assert_dtype,
    copied,
    extreme_bias,
    floats,
    gradients,
    gru_arguments,
    normal,
    recurrent,
    spread,
)

from autograder.testing import assert_close, assert_equal, assert_follows_device, hint, question, weight

pytestmark = question("3.7")

RESULTS = ("y", "hn")
ARGUMENTS = ("x", "h0", "Wx", "Wh", "bx", "bh")
GRADIENTS = tuple(f"the gradient by {name}" for name in ARGUMENTS)


@weight(2)
@hint("Compare with the formulas line by line: the order r, z, n, where r comes in, which of n and h gets z.")
def test_states(student, rng):
    """The states of all steps follow from the inputs and the first state."""
    arguments = gru_arguments(rng, 6, 3, 4, 5)
    y, hn = student.gru(*arguments)
    assert_all_close((y, hn), recurrent("gru", *arguments), RESULTS, "(1 - z) * n + z * h, with blocks r, z, n")
    assert_dtype(y, arguments[0], "y")


@hint("bx belongs to the product with Wx, bh to that with Wh; for the candidate they are not in the same place.")
def test_biases(student, rng):
    """Both biases count in all three blocks, and the candidate's part of bh stands inside the reset gate's bracket."""
    x, h0, Wx, Wh, bx, bh = gru_arguments(rng, 3, 2, 4, 3)
    for first, second in ((torch.zeros_like(bx), bh), (bx, torch.zeros_like(bh))):
        arguments = (x, h0, Wx, Wh, first, second)
        assert_all_close(student.gru(*arguments), recurrent("gru", *arguments), RESULTS, "tanh(u_n + r * v_n)")


@hint("Begin with h = h0, and hand each new state on to the next step.")
def test_a_sequence_in_two_parts(student, rng):
    """Going on from the returned state gives what the whole sequence gives."""
    x, h0, *weights = gru_arguments(rng, 7, 2, 3, 4)
    y, hn = recurrent("gru", x, h0, *weights)
    first, middle = student.gru(x[:3], h0, *weights)
    second, last = student.gru(x[3:], middle, *weights)
    assert_close(first, y[:3], what="y of the first part")
    assert_close(second, y[3:], what="y of the second part", rule="it goes on from hn of the first")
    assert_close(last, hn, what="hn of the second part")


@pytest.mark.parametrize(("steps", "samples", "units"), [(1, 4, 3), (50, 1, 2), (3, 2, 1)])
@weight(0.5)
@hint("One step, one sequence and one unit are still axes: no squeeze.")
def test_other_sizes(student, rng, steps, samples, units):
    """One step, many steps of a single sequence, or a single unit."""
    arguments = gru_arguments(rng, steps, samples, 2, units)
    assert_all_close(student.gru(*arguments), recurrent("gru", *arguments), RESULTS)


@weight(1.5)
@hint("No .data, .detach(), .item() or torch.tensor(...) on the way, and nothing that autograd needs is overwritten.")
def test_gradients(student, rng):
    """Autograd gets the right gradients by input, state and all parameters, from both results."""
    arguments = gru_arguments(rng, 6, 3, 4, 5)
    back = [normal(rng, 6, 3, 5), normal(rng, 3, 5)]
    _, found = student.run(probes.results_and_gradients, student.gru, arguments, back)
    assert_all_close(found, gradients("gru", arguments, back), GRADIENTS, "by autograd, back through all steps")


@weight(0.5)
@hint("torch.sigmoid is safe for large numbers of both signs; 1 / (1 + exp(-a)) is not, and its gradient still less.")
def test_gates_wide_open_and_shut(student, rng):
    """Large numbers before the gates give finite results and gradients."""
    x, h0, Wx, Wh, _, bh = gru_arguments(rng, 4, 3, 2, 5)
    arguments = (x, h0, Wx, Wh, extreme_bias(rng, 3, 5), bh)
    back = [normal(rng, 4, 3, 5), normal(rng, 3, 5)]
    results, found = student.run(probes.results_and_gradients, student.gru, arguments, back)
    assert_all_close(results, recurrent("gru", *arguments), RESULTS, "finite for any size of the gates' arguments")
    assert_all_close(found, gradients("gru", arguments, back), GRADIENTS, "finite, and 0 where a gate does not move")


@hint("Make new tensors like those that came in (zeros_like, stack), and reshape rather than view.")
def test_float32_and_strides(student, rng):
    """Tensors in float32, and tensors that are not contiguous, give results in their dtype."""
    for arguments in (floats(gru_arguments(rng, 7, 4, 3, 5)), spread(gru_arguments(rng, 7, 4, 3, 5))):
        results = tuple(student.gru(*arguments))
        wide = recurrent("gru", *[value.double() for value in arguments])
        # float32: right solutions are within 4e-7 (worst of 20 seeds); float64 by the same bound.
        assert_all_close(results, wide, RESULTS, rtol=1e-4, relative_to_largest=True)
        for name, tensor in zip(RESULTS, results, strict=True):
            assert_dtype(tensor, arguments[0], name)


@weight(0.5)
@hint("Build new tensors; h *= z changes the caller's h0. Keep nothing from one call to the next.")
def test_arguments_and_earlier_results_are_left_alone(student, rng):
    """A call changes neither its arguments nor what an earlier call gave."""
    calls = [gru_arguments(rng, 4, 2, 3, 5), gru_arguments(rng, 4, 2, 3, 5), gru_arguments(rng, 2, 3, 3, 4)]
    before = [copied(call) for call in calls]
    results = student.run(probes.call_each, student.gru, calls)
    for call, then, result in zip(calls, before, results, strict=True):
        assert_all_close(result, recurrent("gru", *then), RESULTS, "unchanged by other calls")
        for name, now, old in zip(ARGUMENTS, call, then, strict=True):
            assert_equal(now.numpy(), old.numpy(), what=f"{name} after the call", rule="as it was before")


@weight(0.5)
@hint("Stack what you have, or make new tensors with zeros_like or x.new_zeros, so that they lie where x does.")
def test_device(student, rng):
    """New tensors are made where the arguments are, say on a GPU."""
    arguments = gru_arguments(rng, 5, 2, 3, 4)
    assert_all_close(student.gru(*arguments), recurrent("gru", *arguments), RESULTS, "looked at first")
    assert_follows_device(student, student.gru, *arguments)

"""Lab 3, long short-term memory: the tests that grade."""

import probes
import pytest
import torch
from oracles_recurrent import (
    assert_all_close,
    assert_dtype,
    copied,
    extreme_bias,
    flat,
    floats,
    gradients,
    lstm_arguments,
    normal,
    recurrent,
    spread,
)

from autograder.testing import assert_close, assert_equal, assert_follows_device, check, hint, question, weight

pytestmark = question("3.6")

RESULTS = ("y", "hn", "cn")
GRADIENTS = tuple(f"the gradient by {name}" for name in ("x", "h0", "c0", "Wx", "Wh", "b"))


def called(student, arguments):
    """The student's y, hn and cn."""
    y, (hn, cn) = student.lstm(*arguments)
    return y, hn, cn


def expected(arguments):
    """What they should be."""
    return flat(recurrent("lstm", *arguments))


def upstream(rng, steps, samples, units):
    """Gradients of a loss by y, hn and cn."""
    return [normal(rng, steps, samples, units), normal(rng, samples, units), normal(rng, samples, units)]


@weight(2)
@hint("Compare with the formulas line by line: the order of the blocks, which of them get a sigmoid, the tanh of c.")
def test_states(student, rng):
    """The states of all steps follow from the inputs, the first state and the first cell."""
    arguments = lstm_arguments(rng, 6, 3, 4, 5)
    y, _, _ = called(student, arguments)
    assert_close(y, expected(arguments)[0], what="y", rule="o * tanh(c), with gates in the order i, f, g, o")
    assert_dtype(y, arguments[0], "y")


@weight(1.5)
@hint("Return y, (hn, cn): the state first, then the cell, both after the last step.")
def test_last_state_and_cell(student, rng):
    """The second part of the result is the last state and the last cell, in this order."""
    arguments = lstm_arguments(rng, 4, 2, 3, 5)
    assert_all_close(called(student, arguments)[1:], expected(arguments)[1:], RESULTS[1:], "after the last step")


@hint("Begin with h, c = state; do not begin with zeros.")
def test_first_state_and_cell(student, rng):
    """Both the first state and the first cell count, also where the other one is zero."""
    x, (h0, c0), *weights = lstm_arguments(rng, 3, 2, 3, 4)
    for state in ((h0, torch.zeros_like(c0)), (torch.zeros_like(h0), c0)):
        arguments = (x, state, *weights)
        assert_all_close(called(student, arguments), expected(arguments), RESULTS, "from the state that is given")


@hint("Feeding (hn, cn) of one call to the next must be the same as one long call.")
def test_a_sequence_in_two_parts(student, rng):
    """Going on from the returned state gives what the whole sequence gives."""
    x, state, *weights = lstm_arguments(rng, 7, 2, 3, 4)
    whole = expected((x, state, *weights))
    first, middle = student.lstm(x[:3], state, *weights)
    second, last = student.lstm(x[3:], tuple(middle), *weights)
    assert_close(first, whole[0][:3], what="y of the first part")
    assert_close(second, whole[0][3:], what="y of the second part", rule="it goes on from (hn, cn) of the first")
    assert_all_close(tuple(last), whole[1:], RESULTS[1:], "after the last step of the second part")


@pytest.mark.parametrize(("steps", "samples", "units"), [(1, 4, 3), (50, 1, 2), (3, 2, 1)])
@weight(0.5)
@hint("One step, one sequence and one unit are still axes: no squeeze.")
def test_other_sizes(student, rng, steps, samples, units):
    """One step, many steps of a single sequence, or a single unit."""
    arguments = lstm_arguments(rng, steps, samples, 3, units)
    assert_all_close(called(student, arguments), expected(arguments), RESULTS)


@weight(1.5)
@hint("No .data, .detach(), .item() or torch.tensor(...) on the way, and nothing that autograd needs is overwritten.")
def test_gradients(student, rng):
    """Autograd gets the right gradients by input, state, cell and all parameters, from every result."""
    arguments, back = lstm_arguments(rng, 6, 3, 4, 5), upstream(rng, 6, 3, 5)
    _, found = student.run(probes.results_and_gradients, student.lstm, arguments, back)
    assert_all_close(found, gradients("lstm", arguments, back), GRADIENTS, "by autograd, back through all steps")


@weight(0.5)
@hint("torch.sigmoid is safe for large numbers of both signs; 1 / (1 + exp(-a)) is not, and its gradient still less.")
def test_gates_wide_open_and_shut(student, rng):
    """Large numbers before the gates give finite results and gradients."""
    *others, _ = lstm_arguments(rng, 4, 3, 2, 5)
    arguments = (*others, extreme_bias(rng, 4, 5))
    back = upstream(rng, 4, 3, 5)
    results, found = student.run(probes.results_and_gradients, student.lstm, arguments, back)
    assert_all_close(results, expected(arguments), RESULTS, "finite for any size of the gates' arguments")
    assert_all_close(found, gradients("lstm", arguments, back), GRADIENTS, "finite, and 0 where a gate does not move")


@hint("Make new tensors like those that came in (zeros_like, stack), and reshape rather than view.")
def test_float32_and_strides(student, rng):
    """Tensors in float32, and tensors that are not contiguous, give results in their dtype."""
    for arguments in (floats(lstm_arguments(rng, 7, 4, 3, 5)), spread(lstm_arguments(rng, 7, 4, 3, 5))):
        results = called(student, arguments)
        x, state, *weights = arguments
        wide = expected((x.double(), tuple(part.double() for part in state), *[part.double() for part in weights]))
        # float32: right solutions are within 4e-7 (worst of 20 seeds); float64 by the same bound.
        assert_all_close(results, wide, RESULTS, rtol=1e-4, relative_to_largest=True)
        for name, tensor in zip(RESULTS, results, strict=True):
            assert_dtype(tensor, x, name)


@weight(0.5)
@hint("Build new tensors, c = f * c + i * g; c *= f changes the caller's c0. Keep nothing from one call to the next.")
def test_arguments_and_earlier_results_are_left_alone(student, rng):
    """A call changes neither its arguments nor what an earlier call gave."""
    calls = [lstm_arguments(rng, 4, 2, 3, 5), lstm_arguments(rng, 4, 2, 3, 5), lstm_arguments(rng, 2, 3, 3, 4)]
    before = [copied(call) for call in calls]
    results = student.run(probes.call_each, student.lstm, calls)
    for call, then, (y, state) in zip(calls, before, results, strict=True):
        check(len(state) == 2, "the second part of the result is not the pair (hn, cn)")
        assert_all_close([y, *state], expected(then), RESULTS, "unchanged by other calls")
        for name, now, old in zip(("x", "h0", "c0", "Wx", "Wh", "b"), flat(call), flat(then), strict=True):
            assert_equal(now.numpy(), old.numpy(), what=f"{name} after the call", rule="as it was before")


@weight(0.5)
@hint("Stack what you have, or make new tensors with zeros_like or x.new_zeros, so that they lie where x does.")
def test_device(student, rng):
    """New tensors are made where the arguments are, say on a GPU."""
    arguments = lstm_arguments(rng, 5, 2, 3, 4)
    assert_all_close(called(student, arguments), expected(arguments), RESULTS, "looked at first")
    assert_follows_device(student, student.lstm, *arguments)

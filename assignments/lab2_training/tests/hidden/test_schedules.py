"""Lab 2, gradient clipping and a learning-rate schedule: the tests that grade."""

import numpy as np
import probes
import pytest
import torch
from oracles_schedules import norm_of, rate

from autograder.testing import as_array, assert_close, assert_follows_device, check, hint, question, weight

pytestmark = question("2.8")

RTOL = 1e-5  # float32 sums of 100 terms; adding 1e-6 to a norm above 1 is allowed
SHAPES = [(3, 4), (5,), (2, 3, 2, 2), (1,)]


def gradients_of(rng, dtype=torch.float32, scale=1.0, shapes=SHAPES):
    """Gradients of very different sizes, some hundred times as large as others."""
    sizes = scale * 10.0 ** rng.uniform(-1, 1, size=len(shapes))
    return [torch.tensor(size * rng.normal(size=shape)).to(dtype) for size, shape in zip(sizes, shapes, strict=True)]


def clip(student, gradients, max_norm, once=False):
    """The norm as a number and the gradients after clipping; the student gets copies."""
    copies = [None if gradient is None else gradient.clone() for gradient in gradients]
    norm, clipped, same, kept = student.run(probes.clip_gradients, student.clip_grad_norm, copies, max_norm, once)
    check(as_array(norm, "the norm").size == 1, "what clip_grad_norm returns is not a single number")
    return float(as_array(norm).reshape(())), clipped, same, kept


def assert_rates(found, expected, what, rule, largest=0.0):
    """Fail unless the rates are those expected, up to what computing them in float32 would do to the largest one."""
    assert_close(found, expected, rtol=1e-6, atol=1e-6 * max(largest, *expected), what=what, rule=rule)


def rates(student, steps, *arguments):
    """The learning rates of several steps."""
    found = student.run(probes.call_each, student.cosine_with_warmup, [(step, *arguments) for step in steps])
    return np.array([float(as_array(value, "the rate").reshape(-1)[0]) for value in found])


@weight(1.5)
@hint("The root of the sum of all squares: not a sum of norms, not the largest one, and taken before you scale.")
def test_the_norm_is_that_of_all_gradients_before_clipping(student, rng):
    """What comes back is the Euclidean norm of all gradients together, whether they are clipped or not."""
    for dtype in (torch.float32, torch.float64):
        for max_norm in (2.0, 1e4):
            gradients = gradients_of(rng, dtype, scale=4.0)
            norm, *_ = clip(student, gradients, max_norm)
            assert_close(
                norm, norm_of(gradients), rtol=RTOL, what="the norm", rule="of one long vector, as it was before"
            )


@weight(2)
@hint("One factor for all gradients, max_norm / norm: their direction stays, and the new norm is max_norm.")
def test_large_gradients_are_scaled_together(student, rng):
    """If the norm is above the limit, every gradient is multiplied by max_norm / norm."""
    # Each gradient by itself is above the limit, some are, and none is.
    for scale, max_norm, equal in [(40.0, 0.01, False), (40.0, 3.5, False), (4.0, 6.0, False), (3.0, 4.0, True)]:
        for dtype in (torch.float32, torch.float64):
            gradients = gradients_of(rng, dtype, scale)
            if equal:
                gradients = [scale * gradient / gradient.norm() for gradient in gradients]
            _, clipped, *_ = clip(student, gradients, max_norm)
            factor = min(1.0, max_norm / norm_of(gradients))
            for now, before in zip(clipped, gradients, strict=True):
                expected = before.double() * factor
                assert_close(now, expected, rtol=RTOL, what="a gradient", rule="max_norm / norm times as large")


@weight(1.5)
@hint("Multiply by min(1, max_norm / norm): what is small enough is left alone.")
def test_small_gradients_stay(student, rng):
    """If the norm is below the limit, no gradient changes at all."""
    for max_norm in (5.0, 1e6):
        gradients = gradients_of(rng, scale=0.01)
        _, clipped, *_ = clip(student, gradients, max_norm)
        for now, before in zip(clipped, gradients, strict=True):
            assert_close(now, before, rtol=0, atol=0, what="a gradient", rule="not scaled up to max_norm")
    _, clipped, *_ = clip(student, gradients, 1e-4)
    check(any(bool((n != b).any()) for n, b in zip(clipped, gradients, strict=True)), "nothing is ever clipped")


@hint("0 / 0 is NaN. Scale only where the norm is above max_norm, or add a tiny number to the norm.")
def test_gradients_of_zero(student):
    """Gradients that are all 0 stay 0, and their norm is 0; a few zeros among others do no harm."""
    norm, clipped, *_ = clip(student, [torch.zeros(2, 3), torch.zeros(4)], 1.0)
    assert_close(norm, 0.0, what="the norm of zeros")
    for now in clipped:
        assert_close(now, np.zeros(now.shape), what="a gradient of zeros", rule="0")
    _, clipped, *_ = clip(student, [torch.zeros(2, 3), torch.tensor([0.0, -8.0])], 2.0)
    assert_close(clipped[0], np.zeros((2, 3)), what="a gradient of zeros", rule="0")
    assert_close(clipped[1], [0.0, -2.0], rtol=RTOL, what="the gradient beside it")


@hint("Leave out parameters whose .grad is None, and give 0 where nothing is left.")
def test_parameters_without_a_gradient(student, rng):
    """A gradient of None stays None and takes no part, and without any gradient the norm is 0."""
    there = gradients_of(rng, scale=40.0)
    norm, clipped, *_ = clip(student, [None, *there, None], 1.5)
    assert_close(norm, norm_of(there), rtol=RTOL, what="the norm", rule="of the gradients that are there")
    check(clipped[0] is None and clipped[-1] is None, "a gradient that was None is not None any more")
    for now, before in zip(clipped[1:-1], there, strict=True):
        expected = before.double() * 1.5 / norm_of(there)
        assert_close(now, expected, rtol=RTOL, what="a gradient beside parameters that have none")
    for gradients in ([None, None], []):
        norm, *_ = clip(student, gradients, 1.0)
        assert_close(norm, 0.0, what="the norm without any gradient", rule="0")


@hint("Go through params once and keep what you need in a list: model.parameters() is exhausted after that.")
def test_parameters_that_can_be_gone_through_once(student, rng):
    """With an iterator such as model.parameters(), norm and gradients are the same as with a list."""
    gradients = gradients_of(rng, scale=40.0)
    norm, clipped, *_ = clip(student, gradients, 1.5, once=True)
    assert_close(norm, norm_of(gradients), rtol=RTOL, what="the norm", rule="also for an iterator")
    for now, before in zip(clipped, gradients, strict=True):
        expected = before.double() * 1.5 / norm_of(gradients)
        assert_close(now, expected, rtol=RTOL, what="a gradient of a parameter from an iterator", rule="scaled, too")


@hint(
    "grad.mul_(factor) or grad *= factor change the tensor itself; p.grad = p.grad * factor puts another in its place."
)
def test_gradients_change_in_place(student, rng):
    """Every .grad is the same tensor as before, and the parameters keep their values."""
    for scale in (0.01, 40.0):
        gradients = gradients_of(rng, scale=scale)
        _, clipped, same, kept = clip(student, gradients, 1.5)
        check(same, "a .grad is another tensor than before: whoever holds the old one sees no change")
        check(kept, "the parameters themselves have changed, not their gradients alone")
    check(all(bool(gradient.isfinite().all()) for gradient in clipped), "large gradients do not stay finite")
    check(any(bool((n != b).any()) for n, b in zip(clipped, gradients, strict=True)), "large gradients do not change")


@weight(0.5)
@hint("Make no tensor without a device: stack the norms of the gradients, or start from a plain 0.")
def test_gradients_on_another_device(student):
    """Gradients on a GPU are clipped where they are."""
    gradients = [torch.ones(3, 2), torch.ones(4)]
    found = student.run(probes.clipped, student.clip_grad_norm, [g.clone() for g in gradients], 1.0)
    for now, before in zip(found, gradients, strict=True):
        assert_close(
            now, before / 10**0.5, rtol=RTOL, what="a gradient on the CPU", rule="max_norm / norm times as large"
        )
    assert_follows_device(student, probes.clipped, student.clip_grad_norm, gradients, 1.0)


@weight(1.5)
@hint("(step + 1) / (warmup + 1): the first step is not lost to a rate of 0, and step `warmup` has base_lr.")
def test_warm_up(student):
    """In the warm-up the rate rises in equal steps, the first of them already taken at step 0."""
    for warmup, total, base_lr, final_lr in [(1, 9, 0.3, 0.0), (10, 100, 2.0, 0.5), (7, 8, 0.01, 0.0)]:
        steps = range(warmup + 1)
        expected = [base_lr * (step + 1) / (warmup + 1) for step in steps]
        found = rates(student, steps, warmup, total, base_lr, final_lr)
        assert_rates(found, expected, "the rates of the warm-up", "base_lr * (step + 1) / (warmup + 1)")


@weight(2)
@hint("progress = (step - warmup) / (total - warmup) goes from 0 to 1; cos(pi * progress) from 1 to -1.")
def test_the_way_down(student):
    """After the warm-up the rate follows half a cosine, from base_lr down to final_lr."""
    for warmup, total, base_lr, final_lr in [(0, 10, 0.3, 0.0), (6, 25, 2.0, 0.5), (3, 14, 0.01, 0.001)]:
        steps = range(warmup, total + 1)
        found = rates(student, steps, warmup, total, base_lr, final_lr)
        expected = [rate(step, warmup, total, base_lr, final_lr) for step in steps]
        assert_rates(found, expected, "the rates after the warm-up", "half a cosine from base_lr to final_lr")
    found = rates(student, range(4, 13), 4, 12, 0.8)
    expected = [rate(step, 4, 12, 0.8, 0.0) for step in range(4, 13)]
    assert_rates(found, expected, "the rates where final_lr is not given", "down to 0")


@hint("A cosine comes up again after half a period: from step `total` on, return final_lr.")
def test_the_end(student):
    """At step `total` and ever after, the rate is final_lr."""
    for warmup, total, base_lr, final_lr in [(0, 10, 0.3, 0.0), (5, 20, 2.0, 0.5)]:
        found = rates(student, [total, total + 1, total + 7, 3 * total, 100 * total], warmup, total, base_lr, final_lr)
        assert_rates(found, [final_lr] * 5, "the rates from step `total` on", "final_lr", base_lr)


@hint("total - warmup is 0 if all steps warm up: ask for the end before you divide.")
@pytest.mark.parametrize(
    "arguments",
    [(0, 1, 0.3, 0.1), (4, 4, 0.3, 0.1), (1, 1, 0.5, 0.0)],
    ids=["one_step", "warm_up_only", "one_step_of_warm_up"],
)
def test_schedules_of_few_steps(student, arguments):
    """No warm-up, nothing but warm-up, and a single step divide by no zero."""
    warmup, total, base_lr, _ = arguments
    found = rates(student, range(8), *arguments)
    expected = [rate(step, *arguments) for step in range(8)]
    if warmup == total and abs(found[total] - base_lr) <= 1e-6 * base_lr:
        expected[total] = base_lr  # the first step after nothing but warm-up may have either rate
    assert_rates(found, expected, "the rates", "warm-up below `warmup`, final_lr from `total` on")

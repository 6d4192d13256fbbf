"""Lab 2, gradient clipping and a learning-rate schedule: the tests that you have."""

import math

import probes
import torch

from autograder.testing import as_array, assert_close, check, hint, question

pytestmark = question("2.8")


def clip(student, gradients, max_norm, once=False):
    """The norm as a number, and the gradients after clipping; parameters and tensors must stay what they are."""
    result = student.run(probes.clip_gradients, student.clip_grad_norm, gradients, max_norm, once)
    norm, clipped, same, kept = result
    check(as_array(norm, "the norm").size == 1, "what clip_grad_norm returns is not a single number")
    check(kept, "the parameters themselves have changed, not their gradients alone")
    check(same, "a .grad is another tensor than before: change its values in place")
    return float(as_array(norm).reshape(())), clipped


def rates(student, steps, *arguments):
    """The learning rates of several steps."""
    return student.run(probes.call_each, student.cosine_with_warmup, [(step, *arguments) for step in steps])


@hint("Square all elements of all gradients, sum them into one number, take the root; then one factor for all.")
def test_clipping_by_hand(student):
    """Gradients (3, 0) and (0, 4) have the norm 5 together; clipped to 1 they become (0.6, 0) and (0, 0.8)."""
    norm, clipped = clip(student, [torch.tensor([3.0, 0.0]), torch.tensor([[0.0], [4.0]])], 1.0)
    assert_close(norm, 5.0, rtol=1e-5, what="the norm", rule="of all gradients together, before clipping")
    assert_close(clipped[0], [0.6, 0.0], rtol=1e-5, what="the first gradient", rule="max_norm / norm times as large")
    assert_close(clipped[1], [[0.0], [0.8]], rtol=1e-5, what="the second gradient", rule="by the same factor")


@hint("The factor is never more than 1: min(1, max_norm / norm).")
def test_small_gradients_stay(student):
    """Gradients whose norm is below the limit, and those that are 0, do not change."""
    for gradients, expected in [([[0.3, -0.4], [1.2]], 1.3), ([[0.0, 0.0], [0.0]], 0.0)]:
        norm, clipped = clip(student, [torch.tensor(gradient) for gradient in gradients], 10.0)
        assert_close(norm, expected, rtol=1e-5, what="the norm")
        for now, before in zip(clipped, gradients, strict=True):
            assert_close(now, torch.tensor(before), rtol=0, atol=0, what="a gradient", rule="as it was before")


@hint("Collect [p.grad for p in params if p.grad is not None] first: params may be an iterator.")
def test_parameters_without_a_gradient(student):
    """Parameters whose gradient is None take no part, also where params can be gone through only once."""
    norm, clipped = clip(student, [None, torch.tensor([6.0, 8.0]), None], 5.0, once=True)
    assert_close(norm, 10.0, rtol=1e-5, what="the norm", rule="of the gradients that are there")
    assert_close(clipped[1], [3.0, 4.0], rtol=1e-5, what="the gradient that is there")
    check(clipped[0] is None and clipped[2] is None, "a gradient that was None is not None any more")


@hint("base_lr * (step + 1) / (warmup + 1) before step `warmup`; from there, half a cosine.")
def test_a_schedule_by_hand(student):
    """With 3 steps of warm-up out of 11, the rate rises to 0.4 in equal steps, then falls to 0."""
    found = rates(student, range(14), 3, 11, 0.4)
    assert_close(found[:4], [0.1, 0.2, 0.3, 0.4], what="the rates of steps 0 to 3", rule="in equal steps up to base_lr")
    assert_close(found[7], 0.2, what="the rate half way down", rule="the mean of base_lr and final_lr")
    assert_close(found[5], 0.2 + 0.2 * math.sqrt(0.5), what="the rate a quarter of the way down")
    assert_close(found[11:], [0.0, 0.0, 0.0], what="the rates from step `total` on", rule="final_lr")


@hint("Scale the cosine to run between base_lr and final_lr: final_lr + (base_lr - final_lr) * (1 + cos) / 2.")
def test_a_final_rate_and_no_warm_up(student):
    """Without warm-up the rate is base_lr at step 0, and it ends at final_lr."""
    found = rates(student, [0, 4, 8, 100], 0, 8, 0.5, 0.1)
    assert_close(found, [0.5, 0.3, 0.1, 0.1], what="the rates", rule="from base_lr at step 0 to final_lr at `total`")

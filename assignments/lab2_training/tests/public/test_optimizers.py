"""Lab 2, optimizers: the tests that you have."""

import probes
import torch

from autograder.testing import assert_close, check, hint, question

pytestmark = question("2.7")

START = [torch.tensor([1.0, -2.0], dtype=torch.float64)]
STEPS = [[torch.tensor([0.5, 1.0], dtype=torch.float64)], [torch.tensor([-0.5, 2.0], dtype=torch.float64)]]


@hint("v <- momentum * v + g, then p <- p - lr * v: the learning rate stays outside of v.")
def test_momentum_by_hand(student):
    """Two steps of SGD with momentum are those of the handout."""
    history, _ = student.run(probes.follow, student.SGD, START, STEPS, lr=0.1, momentum=0.9)
    assert_close(history[0][0], [0.95, -2.1], what="p after the first step")
    assert_close(history[1][0], [0.955, -2.39], what="p after the second step")


@hint("The first step of Adam is lr long for every number, whatever the gradient: that is the correction's work.")
def test_first_step_of_adam(student):
    """Adam's first step moves each number by the learning rate, against the sign of its gradient."""
    history, _ = student.run(probes.follow, student.Adam, START, STEPS, lr=0.1)
    assert_close(history[0][0], [0.9, -2.1], what="p after the first step", atol=1e-6)


@hint("s <- alpha * s + (1 - alpha) * g^2; the first step is lr / sqrt(1 - alpha) long.")
def test_first_step_of_rmsprop(student):
    """RMSprop's first step has the length lr / sqrt(1 - alpha)."""
    history, _ = student.run(probes.follow, student.RMSprop, START, STEPS, lr=0.01, alpha=0.75)
    assert_close(history[0][0], [0.98, -2.02], what="p after the first step", atol=1e-6)


@hint("AdamW shrinks p by lr * weight_decay * p and does nothing else with the decay.")
def test_decay_of_adamw_with_a_zero_gradient(student):
    """With a gradient of zeros AdamW only shrinks the parameter."""
    zeros = [[torch.zeros(2, dtype=torch.float64)]]
    history, _ = student.run(probes.follow, student.AdamW, START, zeros, lr=0.1, weight_decay=0.5)
    assert_close(history[0][0], [0.95, -1.9], what="p after a step")


@hint("Skip it: no decay, no momentum, no step counted.")
def test_parameter_without_gradient(student):
    """A parameter whose gradient is None stays as it is, and the others move."""
    starts = [START[0], torch.tensor([3.0], dtype=torch.float64)]
    for kind in (student.SGD, student.RMSprop, student.Adam, student.AdamW):
        history, _ = student.run(probes.follow, kind, starts, [[STEPS[0][0], None]], lr=0.1, weight_decay=0.5)
        assert_close(history[0][1], [3.0], what="the parameter without a gradient")
        moved = history[0][0]
        check(bool(moved.isfinite().all()), "the parameter with a gradient is not finite")
        check((moved != START[0]).any(), "the parameter with a gradient did not move")


@hint("Work on new tensors: p.grad belongs to whoever computed it.")
def test_gradients_are_not_changed(student):
    """Gradients are afterwards what they were."""
    for kind in (student.SGD, student.RMSprop, student.Adam, student.AdamW):
        history, kept = student.run(probes.follow, kind, START, STEPS, lr=0.1, weight_decay=0.5)
        check(bool(history[1][0].isfinite().all()), "the parameter is not finite")
        check((history[1][0] != START[0]).any(), "the parameter did not move")
        check(kept, "a gradient was changed")

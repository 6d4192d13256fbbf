"""Lab 2, optimizers: the tests that grade.

Gradients of size 1 and of size 1e-4 are both tried: there an eps in the wrong place shows. A folded eps (eps times the
root of the correction, as fused kernels have it) differs by less than two per cent of a step, and is right.
"""

import numpy as np
import oracles_optimizers as oracles
import probes
import pytest
import torch

from autograder.testing import assert_close, assert_follows_device, check, hint, limits, question, weight

pytestmark = question("2.7")

# A step count in a tensor makes 1 - beta2^t a float32 number: off by 6e-5 of itself at t = 1, as 1 - 0.999 is 0.001.
CORRECTED = 2e-4

ORACLES = {"SGD": oracles.sgd, "RMSprop": oracles.rmsprop, "Adam": oracles.adam, "AdamW": oracles.adamw}


def compare(student, rng, name, *, size=1.0, steps=10, rtol=1e-6, dtype=torch.float64, **options):
    """Ten steps on three parameters, two of them of one shape, each step compared with the oracle's."""
    starts = [rng.normal(size=(3, 4)), rng.normal(size=5), rng.normal(size=(3, 4))]
    gradients = [[rng.normal(size=start.shape) * size for start in starts] for _ in range(steps)]
    given = [torch.from_numpy(start).to(dtype) for start in starts]
    steps_given = [[torch.from_numpy(g).to(dtype) for g in step] for step in gradients]
    history, kept = student.run(probes.follow, student[name], given, steps_given, **options)
    # The way is a difference of parameters of up to 4: in float32 it is off by some 1e-6, however short it is.
    atol = 1e-5 if dtype == torch.float32 else 1e-9 * size
    for place, start in enumerate(starts):
        expected = ORACLES[name](start, [step[place] for step in gradients], **options)
        for number in (0, 1, steps - 1):
            moved = np.asarray(history[number][place], dtype=np.float64) - start
            what = f"the way of a parameter in {number + 1} step{'s' if number else ''} of {name}"
            assert_close(moved, expected[number] - start, what=what, rtol=rtol, atol=atol)
    check(kept, "a gradient was changed")


@hint("p <- p - lr * grad.")
def test_plain_gradient_descent(student, rng):
    """SGD without momentum goes against the gradient."""
    compare(student, rng, "SGD", lr=0.1)


@weight(2)
@hint("v <- momentum * v + g: a sum, not an average, and the learning rate outside.")
def test_momentum(student, rng):
    """SGD's velocity is the sum of the gradients, each weighed by momentum once for every later step."""
    compare(student, rng, "SGD", lr=0.1, momentum=0.9)


@weight(2)
@hint("The step is g + momentum * v, with the v that already holds g.")
def test_nesterov(student, rng):
    """Nesterov's step looks ahead from the new velocity."""
    compare(student, rng, "SGD", lr=0.1, momentum=0.8, nesterov=True)


@hint("Add weight_decay * p to the gradient before it goes into the velocity.")
def test_weight_decay_of_sgd(student, rng):
    """SGD's weight decay is part of the gradient, also for the velocity."""
    compare(student, rng, "SGD", lr=0.1, momentum=0.9, weight_decay=0.3)
    compare(student, rng, "SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.3)


@weight(2)
@hint("Square the gradient, average with alpha, divide by the root plus eps.")
@pytest.mark.parametrize("size", [1.0, 1e-4])
def test_rmsprop(student, rng, size):
    """RMSprop divides by a running root mean square, for large and for small gradients."""
    compare(student, rng, "RMSprop", size=size, lr=0.01, alpha=0.9)
    compare(student, rng, "RMSprop", size=size, lr=0.01, alpha=0.9, eps=1e-4)


@weight(3)
@hint("Divide m by 1 - beta1^t and s by 1 - beta2^t, with t = 1 in the first step.")
@pytest.mark.parametrize("size", [1.0, 1e-4])
def test_adam(student, rng, size):
    """Adam corrects both averages for their start at zero, for large and for small gradients."""
    compare(student, rng, "Adam", size=size, lr=0.01, rtol=0.02 if size < 1 else CORRECTED)
    compare(student, rng, "Adam", size=size, lr=0.01, betas=(0.5, 0.8), rtol=0.02 if size < 1 else CORRECTED)


@weight(2)
@hint("eps is added to the root, after the correction: not under it.")
def test_eps_of_adam(student, rng):
    """A large eps dampens Adam's step, and stands outside of the root."""
    compare(student, rng, "Adam", size=1e-4, lr=0.01, betas=(0.0, 0.0), eps=1e-4)


@hint("In Adam the decay is part of the gradient, and goes through m and s.")
def test_weight_decay_of_adam(student, rng):
    """Adam's weight decay is coupled: it is scaled like the gradient."""
    compare(student, rng, "Adam", lr=0.01, weight_decay=0.3, rtol=CORRECTED)


@weight(2)
@hint("AdamW shrinks p by lr * weight_decay * p before the step; m and s see the gradient alone.")
def test_weight_decay_of_adamw(student, rng):
    """AdamW's weight decay is decoupled: it is not scaled by the gradients' size."""
    compare(student, rng, "AdamW", lr=0.01, weight_decay=0.3, rtol=CORRECTED)
    compare(student, rng, "AdamW", lr=0.01, rtol=CORRECTED)


@hint("Keep m, s, v and t for each parameter; a step without a gradient does not count for it.")
@pytest.mark.parametrize("name", list(ORACLES))
def test_gradient_that_is_sometimes_none(student, rng, name):
    """A parameter without a gradient stays, keeps its state, and goes on from there."""
    start, other = rng.normal(size=4), rng.normal(size=(2, 2))
    gradients = [rng.normal(size=4) for _ in range(4)]
    options = {"lr": 0.1, "weight_decay": 0.2}
    steps = [[torch.from_numpy(g), torch.from_numpy(other)] for g in gradients]
    steps.insert(2, [None, torch.from_numpy(other)])
    given = [torch.from_numpy(start), torch.from_numpy(other)]
    history, _ = student.run(probes.follow, student[name], given, steps, **options)
    expected = ORACLES[name](start, gradients, **options)
    assert_close(history[1][0], expected[1], what="p before the step without a gradient", rtol=1e-5)
    assert_close(history[2][0], expected[1], what="p after the step without a gradient", rtol=1e-5)
    assert_close(history[4][0], expected[3], what="p two steps later", rtol=1e-5)
    beside = ORACLES[name](other, [other] * 5, **options)
    for step in (2, 4):
        assert_close(history[step][1], beside[step], what="the parameter after the one without a gradient", rtol=1e-5)


@hint("Begin the state with zeros or a copy: `v = p.grad` is the gradient itself, and `v *= momentum` changes it.")
@pytest.mark.parametrize("name", list(ORACLES))
def test_gradients_in_the_same_tensor(student, rng, name):
    """Gradients may lie in the same tensor in every step, as zero_grad(set_to_none=False) leaves them."""
    start, gradients = rng.normal(size=(3, 2)), [rng.normal(size=(3, 2)) for _ in range(4)]
    options = {"lr": 0.1, **({"momentum": 0.9} if name == "SGD" else {})}
    given = [[torch.from_numpy(g)] for g in gradients]
    history, kept = student.run(probes.follow, student[name], [torch.from_numpy(start)], given, same=True, **options)
    expected = ORACLES[name](start, gradients, **options)
    for step in range(4):
        assert_close(history[step][0], expected[step], what=f"p after {step + 1} steps", rtol=1e-5)
    check(kept, "a gradient was changed")


@hint("Keep the state in the object (self), not in the class or the module.")
@pytest.mark.parametrize("name", list(ORACLES))
def test_two_optimizers_do_not_disturb_each_other(student, rng, name):
    """Two optimizers of one kind have states of their own."""
    start, gradients = rng.normal(size=3), [rng.normal(size=3) for _ in range(3)]
    options = {"lr": 0.1, **({"momentum": 0.9} if name == "SGD" else {})}
    given = [torch.from_numpy(g) for g in gradients]
    first, second = student.run(probes.two_at_a_time, student[name], torch.from_numpy(start), given, **options)
    assert_close(first, ORACLES[name](start, gradients, **options)[-1], what="the first one's parameter", rtol=1e-5)
    assert_close(second, ORACLES[name](start, gradients[::-1], **options)[-1], what="the second one's", rtol=1e-5)


@hint("Change p in place, and keep its dtype.")
@pytest.mark.parametrize("name", list(ORACLES))
def test_float32(student, rng, name):
    """float32 parameters stay float32."""
    compare(student, rng, name, lr=0.1, steps=3, rtol=1e-2, dtype=torch.float32)


@hint("Make state with torch.zeros_like(p), not torch.zeros(p.shape).")
@pytest.mark.parametrize("name", list(ORACLES))
def test_device(student, name):
    """State lies on the device of its parameter; a step on the CPU moves it first of all."""
    moved = student.run(probes.one_step, student[name], torch.ones(3), torch.ones(3))
    check(bool(torch.as_tensor(moved).isfinite().all()), "the parameter is not finite after a step")
    check(bool((torch.as_tensor(moved) != 1).all()), "the parameter did not move")
    assert_follows_device(student, probes.one_step, student[name], torch.ones(3), torch.ones(3))


@limits(seconds=20)
@hint("The bound is generous: compare your formulas with the docstrings.")
def test_momentum_crosses_a_narrow_valley(student):
    """On a narrow valley momentum gets much further than plain descent, and Adam further than both at the start."""
    plain = student.run(probes.train_quadratic, student.SGD, 60, lr=0.5)
    fast = student.run(probes.train_quadratic, student.SGD, 60, lr=0.5, momentum=0.8)
    check(plain < 0.02, "plain gradient descent did not get down the steep side")
    check(fast < 0.2 * plain, "momentum is not much faster than plain gradient descent")

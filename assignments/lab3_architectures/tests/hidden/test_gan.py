"""Lab 3, a generative adversarial network: the tests that grade."""

import numpy as np
import probes
import torch
from oracles_generative import gan_step, sigmoid, softplus

from autograder.testing import (
    as_array,
    assert_close,
    assert_equal,
    assert_follows_device,
    check,
    hint,
    question,
    weight,
)

pytestmark = question("3.12")


def setting(rng, samples=7, fakes=5, size=4, noise=3, dtype=torch.float64):
    """A linear D (1, size), a linear G (size, noise), real samples (N, size) and noise (M, noise)."""
    shapes = ((1, size), (size, noise), (samples, size), (fakes, noise))
    return [torch.tensor(rng.normal(size=shape), dtype=dtype) for shape in shapes]


def arrays(*tensors):
    """Tensors as arrays in float64."""
    return [tensor.numpy().astype(np.float64) for tensor in tensors]


@weight(2)
@hint("Two means, one over the N real samples and one over the M fakes, added; no 1/2, no mean over all of them.")
def test_discriminator_loss(student, rng):
    """Loss and gradient are those of two means added, for any N and M, and logits (N,) or (N, 1)."""
    for samples, fakes, flat in ((7, 5, False), (4, 9, True), (1, 1, False), (6, 1, True)):
        given = setting(rng, samples, fakes)
        loss = student.discriminator_loss
        found = student.run(probes.discriminator_gradients, loss, given[0], given[2], given[1], given[3], flat)
        D, G, real, noise = arrays(*given)
        fake = noise @ G.T
        expected = softplus(-real @ D.T).mean() + softplus(fake @ D.T).mean()
        assert_close(found["loss"], expected, what="the discriminator's loss", rule="one mean each, added")
        gradient = -sigmoid(-real @ D.T).T @ real / samples + sigmoid(fake @ D.T).T @ fake / fakes
        check(found["D"] is not None, "no gradient reaches the discriminator")
        assert_close(found["D"], gradient, what="the gradient of the discriminator", rule="from both means")


@weight(1.5)
@hint("In the discriminator's loss the fakes are data: fake.detach().")
def test_the_discriminator_sends_nothing_to_the_generator(student, rng):
    """The discriminator's loss leaves the generator without a gradient."""
    D, G, real, noise = setting(rng)
    found = student.run(probes.discriminator_gradients, student.discriminator_loss, D, real, G, noise)
    nothing = found["G"] is None or not np.any(as_array(found["G"]))
    check(nothing, "the discriminator's loss sends a gradient to the generator")
    check(found["D"] is not None, "no gradient reaches the discriminator")


@weight(2)
@hint("-ln sigmoid(D(fake)) = softplus(-D(fake)), the mean over the fakes; its gradient goes through D to G.")
def test_generator_loss(student, rng):
    """Loss and gradient are those of the mean of -ln p, in the non-saturating form."""
    for fakes, flat in ((5, False), (8, True), (1, False), (1, True)):
        given = setting(rng, fakes=fakes)
        found = student.run(probes.generator_gradients, student.generator_loss, given[0], given[1], given[3], flat)
        D, G, _, noise = arrays(*given)
        logits = noise @ G.T @ D.T
        assert_close(found["loss"], softplus(-logits).mean(), what="the generator's loss", rule="the mean of -ln p")
        check(found["G"] is not None, "no gradient reaches the generator")
        gradient = (-sigmoid(-logits) @ D / fakes).T @ noise
        assert_close(found["G"], gradient, what="the gradient of the generator", rule="that of -ln sigmoid(D(fake))")


@weight(1.5)
@hint("Write -ln sigmoid(z) as softplus(-z), or use a loss from logits; the sigmoid itself rounds to 0 and 1.")
def test_sure_discriminator(student):
    """Logits of +-50 and +-1000, right or wrong, give exact losses and gradients, in float32 too."""
    for size, dtype in ((50.0, torch.float64), (50.0, torch.float32), (1000.0, torch.float64)):
        D, G = torch.ones(1, 1, dtype=dtype), torch.ones(1, 1, dtype=dtype)
        real = torch.tensor([[size], [-size], [size], [0.5]], dtype=dtype)
        noise = torch.tensor([[-size], [size], [1.0]], dtype=dtype)
        found = student.run(probes.discriminator_gradients, student.discriminator_loss, D, real, G, noise)
        x, z = arrays(real, noise)
        expected = softplus(-x).mean() + softplus(z).mean()
        assert_close(found["loss"], expected, rtol=1e-5, what="the discriminator's loss", rule="exact for sure logits")
        gradient = (-sigmoid(-x) * x).mean() + (sigmoid(z) * z).mean()
        assert_close(found["D"], [[gradient]], rtol=1e-5, what="the gradient of the discriminator")
        found = student.run(probes.generator_gradients, student.generator_loss, D, G, noise)
        expected = softplus(-z).mean()
        assert_close(found["loss"], expected, rtol=1e-5, what="the generator's loss", rule="exact for sure logits")
        gradient = (-sigmoid(-z) * z).mean()
        assert_close(found["G"], [[gradient]], rtol=1e-5, what="the gradient of the generator", rule="never vanishes")


@weight(2.5)
@hint("d_optimizer.zero_grad(), backward, step; then the generator's loss anew with the moved D, and the same for G.")
def test_steps(student, rng):
    """Several steps follow the two losses: first D, then G against the moved D."""
    D, G, real, noise = setting(rng)
    batches = [(real, noise)] + [tuple(setting(rng, 6, fakes)[2:]) for fakes in (5, 1, 8)]
    found = student.run(probes.gan_steps, student.train_step, D, G, batches, lr=0.3)
    wanted_d, wanted_g = arrays(D, G)
    losses = []
    for batch in batches:
        wanted_d, wanted_g, *both = gan_step(wanted_d, wanted_g, *arrays(*batch), 0.3)
        losses.append(both)
    check(list(found["steps"]) == [4, 4], "one of the optimizers does not take exactly one step in each call")
    assert_close(found["D"], wanted_d, what="D's weights after four steps", rule="each down its own loss alone")
    assert_close(found["G"], wanted_g, what="G's weights after four steps", rule="each down its own loss alone")
    assert_close(found["losses"], losses, what="the losses", rule="(d_loss, g_loss), each before its own step")


@weight(1.5)
@hint("Clear the gradients before each backward pass: the generator's pass leaves some in D.")
def test_only_the_own_loss_moves_a_network(student, rng):
    """What stands in the gradients before a call, or comes from the other's loss, moves nothing."""
    D, G, real, noise = setting(rng)
    batches = [(real, noise)] * 2
    found = student.run(probes.gan_steps, student.train_step, D, G, batches, lr=0.2, left_over=5.0)
    wanted_d, wanted_g = arrays(D, G)
    for _ in range(2):
        wanted_d, wanted_g, *_ = gan_step(wanted_d, wanted_g, *arrays(real, noise), 0.2)
    rule = "gradients from elsewhere do not count"
    assert_close(found["D"], wanted_d, what="D's weights after two steps", rule=rule)
    assert_close(found["G"], wanted_g, what="G's weights after two steps", rule=rule)
    check(found["require grad"], "after the step some parameters do not require grad any more")


@hint("Look at your D and G after a few hundred steps on a simple task of your own, say numbers around 3.")
def test_learns_where_the_samples_are(student, rng):
    """A generator that can only shift its noise moves it to where the real samples are."""
    centre = float(rng.uniform(2.0, 4.0)) * (1 if rng.random() < 0.5 else -1)
    seed = int(rng.integers(1 << 30))
    found = float(student.run(probes.shift_learned_by_gan, student.train_step, centre, 400, seed))
    # Measured with three centres and 25 seeds: 0.10 away at most.
    check(abs(found - centre) < 0.6, "the generator does not find the real samples", f"{found:.2f}, not {centre:.2f}")


@weight(0.5)
@hint("Return new tensors, keep the precision, and change neither samples nor networks in a loss.")
def test_samples_stay_as_they_are(student, rng):
    """Losses of float32 samples are float32, and nothing that was passed in is changed."""
    D, G, real, noise = setting(rng, dtype=torch.float32)
    before = [tensor.clone() for tensor in (D, G, real, noise)]
    found = student.run(probes.discriminator_gradients, student.discriminator_loss, D, real, G, noise)
    check(found["loss"].dtype == torch.float32, "the discriminator's loss of float32 samples is not float32")
    found = student.run(probes.generator_gradients, student.generator_loss, D, G, noise)
    check(found["loss"].dtype == torch.float32, "the generator's loss of float32 samples is not float32")
    for name, then, now in zip(("D", "G", "real", "noise"), before, (D, G, real, noise), strict=True):
        assert_equal(now.numpy(), then.numpy(), what=f"{name} after the calls", rule="as it was before")


@weight(0.5)
@hint("Labels that you make need the device of the logits: torch.ones_like(logits).")
def test_works_on_any_device(student, rng):
    """Both losses stay on the device of their arguments."""
    D, G, real, noise = setting(rng)
    found = student.run(probes.generator_gradients, student.generator_loss, D, G, noise)
    logits = noise.numpy() @ G.numpy().T @ D.numpy().T
    assert_close(found["loss"], softplus(-logits).mean(), what="the generator's loss")
    judge = student.run(probes.linear, D)
    assert_follows_device(student, student.discriminator_loss, judge, real, noise @ G.T)
    assert_follows_device(student, student.generator_loss, judge, noise @ G.T)

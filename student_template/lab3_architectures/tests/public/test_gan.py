"""Lab 3, a generative adversarial network: the tests that you have."""

import math

import numpy as np
import probes
import torch

from autograder.testing import assert_close, assert_shape, check, hint, question

pytestmark = question("3.12")

# The handout's worked example: the discriminator takes its only input as the logit, the generator doubles the noise.
D = torch.tensor([[1.0]], dtype=torch.float64)
G = torch.tensor([[2.0]], dtype=torch.float64)
REAL = torch.tensor([[math.log(3)], [0.0]], dtype=torch.float64)  # called real with probability 3/4 and 1/2
NOISE = torch.tensor([[-math.log(3) / 2], [0.0], [0.0]], dtype=torch.float64)  # fakes: 1/4, 1/2, 1/2


@hint("Mean of -ln p over the real samples, plus the mean of -ln(1 - p) over the fakes.")
def test_discriminator_loss_of_the_worked_example(student):
    """The discriminator's loss is one mean over the real samples plus one over the fakes."""
    for flat in (False, True):
        found = student.run(probes.discriminator_gradients, student.discriminator_loss, D, REAL, G, NOISE, flat)
        assert_shape(found["loss"], (), "the discriminator's loss", "a single number")
        expected = (math.log(4 / 3) + math.log(2)) / 2 + (math.log(4 / 3) + 2 * math.log(2)) / 3
        assert_close(found["loss"], expected, what="the discriminator's loss", rule="real samples 1, fakes 0")


@hint("Mean of -ln p over the fakes: the generator wants them to be called real.")
def test_generator_loss_of_the_worked_example(student):
    """The generator's loss is the mean of -ln p over its samples."""
    for flat in (False, True):
        found = student.run(probes.generator_gradients, student.generator_loss, D, G, NOISE, flat)
        expected = (math.log(4) + 2 * math.log(2)) / 3
        assert_close(found["loss"], expected, what="the generator's loss", rule="its samples shall be called real")


@hint("Detach the fakes in the discriminator's loss, and only there.")
def test_who_gets_gradient(student):
    """The discriminator's loss sends the generator nothing, the generator's own loss does."""
    found = student.run(probes.discriminator_gradients, student.discriminator_loss, D, REAL, G, NOISE)
    nothing = found["G"] is None or not np.any(np.asarray(found["G"]))
    check(nothing, "the discriminator's loss sends a gradient to the generator")
    check(found["D"] is not None, "the discriminator's loss sends no gradient to the discriminator")
    found = student.run(probes.generator_gradients, student.generator_loss, D, G, NOISE)
    check(found["G"] is not None, "the generator's loss sends no gradient to the generator")


@hint("D first, with its own loss; then G, with a new verdict of D. Each optimizer steps once.")
def test_a_step_of_the_worked_example(student):
    """In a step both networks move, each once, and the losses are those before its move."""
    batches = [(REAL, NOISE)]
    found = student.run(probes.gan_steps, student.train_step, D, G, batches, lr=0.0)
    d_loss = (math.log(4 / 3) + math.log(2)) / 2 + (math.log(4 / 3) + 2 * math.log(2)) / 3
    g_loss = (math.log(4) + 2 * math.log(2)) / 3
    assert_close(found["losses"], np.array([[d_loss, g_loss]]), what="(d_loss, g_loss)", rule="before the step")
    check(list(found["steps"]) == [1, 1], "one of the optimizers does not take exactly one step")
    found = student.run(probes.gan_steps, student.train_step, D, G, batches, lr=0.3)
    moved = float(found["D"]) != 1 and float(found["G"]) != 2
    check(moved, "one of the networks does not move in a step")

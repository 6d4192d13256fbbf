"""Lab 3, REINFORCE: the tests that you have."""

import numpy as np
import probes
import torch

from autograder.testing import assert_close, check, hint, question

pytestmark = question("3.13")

# The handout's worked example.
REWARDS = torch.tensor([1.0, 0.0, 2.0, 4.0], dtype=torch.float64)
RETURNS = torch.tensor([2.0, 2.0, 4.0, 4.0], dtype=torch.float64)


@hint("Go backwards: a return is its reward plus gamma times the return of the step behind it.")
def test_returns_of_the_worked_example(student):
    """A return is the reward plus the discounted return of the next step."""
    found = student.returns(REWARDS, 0.5)
    assert_close(found, RETURNS.numpy(), what="returns", rule="reward + gamma * the next return")


@hint("Nothing is carried over a step where done is True.")
def test_two_episodes_do_not_mix(student):
    """What happens after the end of an episode does not count for it."""
    done = torch.tensor([False, True, False, True])
    expected = np.array([1.0, 0.0, 4.0, 4.0])
    assert_close(student.returns(REWARDS, 0.5, done), expected, what="returns of two episodes", rule="each its own")


@hint("Minus the mean of log-probability times advantage.")
def test_loss_of_the_worked_example(student):
    """The loss is minus the mean of the log-probabilities, each times its advantage."""
    log_probs = torch.tensor([-1.0, -2.0, -0.5, -1.5], dtype=torch.float64)
    baseline = torch.tensor([1.0, 3.0, 4.0, 2.0], dtype=torch.float64)
    assert_close(student.reinforce_loss(log_probs, RETURNS), 3.5, what="loss", rule="without a baseline")
    # advantages 1, -1, 0, 2
    assert_close(student.reinforce_loss(log_probs, RETURNS, baseline), 0.5, what="loss", rule="with a baseline")


@hint("Going down the loss must raise the probability of what paid: mind the sign.")
def test_a_step_down_the_loss_favours_what_paid(student):
    """The gradient of the loss is minus that of the expected reward."""
    # Three actions with probabilities 1/2, 1/4, 1/4, taken just as often; they pay 1, 5 and 1, on average 2.
    scores = torch.tensor([2.0, 1.0, 1.0], dtype=torch.float64).log()
    actions = torch.tensor([0, 0, 1, 2])
    paid = torch.tensor([1.0, 1.0, 5.0, 1.0], dtype=torch.float64)
    _, gradient = student.run(probes.policy_gradient, student.reinforce_loss, scores, actions, paid)
    check(gradient is not None, "no gradient reaches the policy")
    # d (expected reward) / d score = probability * (payoff - average)
    expected = -np.array([0.5 * (1 - 2), 0.25 * (5 - 2), 0.25 * (1 - 2)])
    assert_close(gradient, expected, what="the gradient by the policy's scores", rule="minus that of the reward")

"""Lab 3, REINFORCE: the tests that grade."""

import numpy as np
import probes
import torch
from oracles_generative import discounted

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

pytestmark = question("3.13")


def steps(rng, count, parts=3):
    """Some float64 vectors of this length."""
    return [torch.tensor(rng.normal(size=count)) for _ in range(parts)]


def assert_returns(found, expected, what, rule):
    """Equal but for a gamma in float32, say by way of a mask: that is off by some 1e-6 of the largest return."""
    assert_close(found, expected, rtol=1e-5, relative_to_largest=True, what=what, rule=rule)


@weight(2)
@hint("From the last step to the first: following = reward + gamma * following.")
def test_returns_of_an_episode(student, rng):
    """Each return is the sum of the rewards from its step on, discounted by their distance, for any gamma."""
    for count, gamma in ((6, 0.9), (5, 0.0), (7, 1.0), (1, 0.5), (40, 0.99)):
        (rewards,) = steps(rng, count, 1)
        expected = discounted(rewards.tolist(), gamma)
        assert_returns(student.returns(rewards, gamma), expected, "returns", "the last is its own reward")


@weight(2)
@hint("Set what follows to 0 at each step where done is True, before you add its reward.")
def test_returns_of_several_episodes(student, rng):
    """Each episode has returns of its own, also one of a single step, and a last one that is cut off."""
    for ends in ([0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 1]):
        (rewards,) = steps(rng, 7, 1)
        for gamma in (0.8, 1.0):
            found = student.returns(rewards, gamma, torch.tensor(ends, dtype=torch.bool))
            expected = discounted(rewards.tolist(), gamma, ends)
            assert_returns(found, expected, "returns of several episodes", "no reward crosses an end")


@hint("Powers of gamma vanish over thousands of steps: do not divide by them, but go backwards.")
def test_returns_of_a_long_episode(student, rng):
    """An episode of 3,000 steps has right returns at every step, also where gamma is far from 1."""
    (rewards,) = steps(rng, 3000, 1)
    for gamma in (0.5, 0.99):
        expected = discounted(rewards.tolist(), gamma)
        found = student.returns(rewards, gamma)
        assert_returns(found, expected, "returns of a long episode", "right at every step")


@weight(2)
@hint("-(log_probs * advantage).mean(), with advantage = returns - baseline; nothing is normalised.")
def test_loss(student, rng):
    """The loss is minus the mean of log-probability times advantage, with and without a baseline."""
    for count in (6, 1):
        log_probs, returns, baseline = steps(rng, count)
        log_probs = -log_probs.abs()
        expected = -np.mean(log_probs.numpy() * returns.numpy())
        assert_close(student.reinforce_loss(log_probs, returns), expected, what="loss without a baseline")
        expected = -np.mean(log_probs.numpy() * (returns.numpy() - baseline.numpy()))
        found = student.reinforce_loss(log_probs, returns, baseline)
        assert_close(found, expected, what="loss with a baseline", rule="advantage = return - baseline")


@weight(2)
@hint("The advantage is a weight: detach it, so that only the policy gets a gradient.")
def test_only_the_policy_gets_gradient(student, rng):
    """The gradient by a log-probability is -advantage / T; returns and baseline get none."""
    log_probs, returns, baseline = steps(rng, 5)
    _, dlog, dreturns, dbaseline = student.run(
        probes.reinforce_gradients, student.reinforce_loss, log_probs, returns, baseline
    )
    check(dlog is not None, "no gradient reaches the log-probabilities")
    expected = -(returns - baseline).numpy() / 5
    assert_close(dlog, expected, what="the gradient by the log-probabilities", rule="-advantage / T")
    for name, gradient in (("baseline", dbaseline), ("returns", dreturns)):
        check(gradient is None or not np.any(as_array(gradient)), f"a gradient reaches the {name}")
    _, dlog, dreturns = student.run(probes.reinforce_gradients, student.reinforce_loss, log_probs, returns)
    check(dlog is not None, "no gradient reaches the log-probabilities without a baseline")
    assert_close(dlog, -returns.numpy() / 5, what="the gradient by the log-probabilities", rule="-return / T")
    check(dreturns is None or not np.any(as_array(dreturns)), "a gradient reaches the returns")


@hint("Think of one good action: is its probability larger after a step down the loss?")
def test_learns_which_action_pays(student, rng):
    """A policy that goes down the loss comes to take the action that pays most."""
    payoffs = torch.tensor(rng.permutation([0.0, 0.5, 1.0, 2.0]), dtype=torch.float32)
    found = as_array(student.run(probes.bandit, student.reinforce_loss, payoffs, 100, int(rng.integers(1 << 30))))
    # Forty seeds: the probability of the best action was 0.98 at least.
    check(found[int(payoffs.argmax())] > 0.8, "the policy does not learn to take the action that pays most")


@weight(0.5)
@hint("Work on copies: `rewards[t] += ...` changes the caller's tensor. Keep its dtype.")
def test_arguments_stay_as_they_are(student, rng):
    """Nothing that was passed in is changed, and returns and losses have the precision of what was."""
    rewards, log_probs, baseline = (part.float() for part in steps(rng, 6))
    done = torch.tensor([False, False, True, False, False, True])
    given = (rewards, log_probs, baseline, done)
    before = [part.clone() for part in given]
    found = student.returns(rewards, 0.9, done)
    assert_close(found, discounted(before[0].tolist(), 0.9, done.tolist()), rtol=1e-4, atol=1e-5, what="returns")
    check(as_array(found).dtype == np.float32, "returns of float32 rewards are not float32")
    found = student.returns(rewards.double(), 0.9)
    check(as_array(found).dtype == np.float64, "returns of float64 rewards are not float64")
    loss = student.reinforce_loss(log_probs, rewards, baseline)
    check(as_array(loss).dtype == np.float32, "the loss of float32 log-probabilities is not float32")
    for name, then, now in zip(("rewards", "log_probs", "baseline", "done"), before, given, strict=True):
        assert_equal(now.numpy(), then.numpy(), what=f"{name} after the calls", rule="as it was before")


@weight(0.5)
@hint("Make new tensors with the dtype and the device of the arguments.")
def test_works_on_any_device(student, rng):
    """The loss stays on the device of its arguments."""
    log_probs, returns, baseline = steps(rng, 5)
    expected = -np.mean(log_probs.numpy() * (returns.numpy() - baseline.numpy()))
    assert_close(student.reinforce_loss(log_probs, returns, baseline), expected, what="loss")
    assert_follows_device(student, student.reinforce_loss, log_probs, returns, baseline)
    assert_follows_device(student, student.returns, returns, 0.9)

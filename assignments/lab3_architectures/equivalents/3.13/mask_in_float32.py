"""A mask in float32 that stops what follows, a deque that is filled from the left, the loss as a weighted sum."""

from collections import deque

import torch


def returns(rewards, gamma, done=None):
    goes_on = torch.ones(len(rewards)) if done is None else 1 - done.float()
    goes_on = goes_on.to(rewards.device)
    found, following = deque(), torch.zeros_like(rewards[0])
    for reward, keep in zip(rewards.flip(0), goes_on.flip(0)):
        following = reward + gamma * keep * following
        found.appendleft(following)
    return torch.stack(tuple(found))


def reinforce_loss(log_probs, returns, baseline=None):
    baseline = torch.zeros_like(returns) if baseline is None else baseline
    return sum(-(returns - baseline).detach() * log_probs) / len(returns)

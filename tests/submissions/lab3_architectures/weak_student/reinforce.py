import torch


def returns(rewards, gamma, done=None):
    T = len(rewards)
    powers = gamma ** torch.arange(T, dtype=rewards.dtype)
    G = (rewards * powers).flip(0).cumsum(0).flip(0) / powers
    return G


def reinforce_loss(log_probs, returns, baseline=None):
    advantage = returns - (returns.mean() if baseline is None else baseline)
    return -(log_probs * advantage.detach()).sum()

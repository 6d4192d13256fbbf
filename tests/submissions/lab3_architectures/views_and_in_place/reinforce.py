import torch


def returns(rewards, gamma, done=None):
    for t in reversed(range(len(rewards) - 1)):
        if done is None or not done[t]:
            rewards[t] += gamma * rewards[t + 1]
    return rewards


def reinforce_loss(log_probs, returns, baseline=None):
    advantage = returns.detach()
    if baseline is not None:
        advantage -= baseline.detach()
    return -(log_probs * advantage).mean()

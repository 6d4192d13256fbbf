import torch


def returns(rewards, gamma, done=None):
    out = rewards.clone()
    for t in range(len(rewards) - 2, -1, -1):
        if done is None or not done[t]:
            out[t] += gamma * out[t + 1]
    return out


def reinforce_loss(log_probs, returns, baseline=None):
    if baseline is not None:
        returns = returns - baseline  # no detach
    return -torch.stack([lp.detach() * G for lp, G in zip(log_probs, returns)]).mean().requires_grad_()

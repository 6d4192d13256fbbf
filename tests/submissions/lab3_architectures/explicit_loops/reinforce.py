import torch


def returns(rewards, gamma, done=None):
    out = torch.zeros_like(rewards)
    later = 0.0
    for t in range(len(rewards) - 1, -1, -1):
        if done is not None and done[t]:
            later = 0.0
        later = rewards[t] + gamma * later
        out[t] = later
    return out


def reinforce_loss(log_probs, returns, baseline=None):
    weights = returns.detach().clone()
    if baseline is not None:
        weights -= baseline.detach()
    total = 0
    for t in range(len(log_probs)):
        total = total - log_probs[t] * weights[t]
    return total / len(log_probs)

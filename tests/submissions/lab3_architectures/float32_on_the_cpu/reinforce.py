import torch


def returns(rewards, gamma, done=None):
    result = []
    G = 0.0
    for t in reversed(range(len(rewards))):
        if done is not None and bool(done[t]):
            G = 0.0
        G = float(rewards[t]) + gamma * G
        result.insert(0, G)
    return torch.tensor(result)


def reinforce_loss(log_probs, returns, baseline=None):
    if baseline is None:
        baseline = torch.zeros(len(returns))
    return -(log_probs * (returns - baseline).detach()).mean()

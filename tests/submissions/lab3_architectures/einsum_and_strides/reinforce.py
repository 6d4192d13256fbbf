from itertools import accumulate

import torch


def returns(rewards, gamma, done=None):
    ends = [False] * len(rewards) if done is None else done.tolist()
    backwards = zip(rewards.flip(0), reversed(ends), strict=True)
    sums = accumulate(backwards, lambda G, step: step[0] + (0 if step[1] else gamma) * G, initial=rewards.new_zeros(()))
    return torch.stack(list(sums)[1:]).flip(0)


def reinforce_loss(log_probs, returns, baseline=None):
    advantage = (returns if baseline is None else returns - baseline).detach()
    return -torch.dot(log_probs, advantage) / log_probs.numel()

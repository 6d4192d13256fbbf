"""No loop over the steps: sums over 1, 2, 4, ... steps ahead, each made of two of half its length."""

import torch


def returns(rewards, gamma, done=None):
    total = rewards.clone()
    factor = torch.full_like(rewards, gamma)
    if done is not None:
        factor = factor * (~done)
    reach = 1
    while reach < len(rewards):
        behind_total = torch.cat([total[reach:], total.new_zeros(reach)])
        behind_factor = torch.cat([factor[reach:], factor.new_zeros(reach)])
        total, factor = total + factor * behind_total, factor * behind_factor
        reach *= 2
    return total


def reinforce_loss(log_probs, returns, baseline=None):
    advantage = returns.detach() - (0 if baseline is None else baseline.detach())
    return torch.mean(-log_probs * advantage)

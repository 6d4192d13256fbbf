def returns(rewards, gamma, done=None):
    return rewards * float("nan")


def reinforce_loss(log_probs, returns, baseline=None):
    return log_probs.sum() * float("inf")

def returns(rewards, gamma, done=None):
    out, G = [], 0.0
    for t in reversed(range(len(rewards))):
        G = rewards[t].item() + gamma * G * (0.0 if done is not None and done[t] else 1.0)
        out.append(G)
    return out[::-1]  # a list


def reinforce_loss(log_probs, returns, baseline=None):
    advantage = returns if baseline is None else returns - baseline
    return float(-(log_probs * advantage).mean())  # a float

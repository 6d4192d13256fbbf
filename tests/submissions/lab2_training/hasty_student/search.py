import math


def sample(space, rng):
    config = {}
    for name, spec in space.items():
        if spec[0] == "log":
            config[name] = math.exp(rng.uniform(math.log(spec[1]), math.log(spec[2])))
        elif spec[0] == "linear":
            config[name] = rng.uniform(spec[1], spec[2])
        else:
            config[name] = spec[int(rng.integers(len(spec)))]
    return config


def search(objective, space, budget, max_epochs, rng):
    """Half of the budget is enough."""
    n = max(1, budget // 2 // max_epochs)
    tried, losses = [], []
    for _ in range(1000):
        config = sample(space, rng)
        if config not in tried and len(tried) < n:
            tried.append(config)
            losses.append(objective(config, max_epochs))
    finite = [i for i in range(len(losses)) if losses[i] == losses[i]]
    best = min(finite, key=lambda i: losses[i])
    return tried[best], losses[best]

import numpy as np


def sample(space, rng):
    rng = np.random.default_rng(rng.integers(1 << 30))
    draw = {
        "log": lambda low, high: float(np.exp(rng.uniform(np.log(low), np.log(high)))),
        "linear": lambda low, high: float(rng.uniform(low, high)),
    }
    return {
        name: spec[int(rng.permutation(len(spec))[0])] if isinstance(spec, list) else draw[spec[0]](*spec[1:])
        for name, spec in space.items()
    }


def search(objective, space, budget, max_epochs, rng):
    rng = np.random.default_rng(0)
    tried, losses = [], []
    size = np.inf
    if all(isinstance(spec, list) for spec in space.values()):
        size = np.prod([len(spec) for spec in space.values()])
    while (len(tried) + 1) * max_epochs <= budget and len(tried) < size:
        config = sample(space, rng)
        if config in tried:
            continue
        print("trial", len(tried), config)
        tried.append(config)
        losses.append(objective(config, max_epochs))
        print("  loss", losses[-1])
    best = int(np.argmin(np.nan_to_num(losses, nan=np.inf)))
    return tried[best], losses[best]

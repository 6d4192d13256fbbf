import numpy as np


def sample(space, rng):
    config = {}
    for name, spec in space.items():
        if isinstance(spec, list):
            config[name] = spec[rng.integers(0, len(spec))]
        elif spec[0] == "log":
            config[name] = round(10 ** rng.uniform(np.log10(spec[1]), np.log10(spec[2])), 4)
        else:
            config[name] = round(rng.uniform(spec[1], spec[2]), 4)
    return config


def search(objective, space, budget, max_epochs, rng):
    best_config, best_loss = None, float("inf")
    tried = []
    tries = 0
    for _ in range(budget // max_epochs):
        config = sample(space, rng)
        while config in tried and tries < 10000:
            config = sample(space, rng)
            tries += 1
        if config in tried:
            break
        tried.append(config)
        loss = objective(config, max_epochs)
        if loss < best_loss:
            best_config, best_loss = config, loss
    return best_config, best_loss

"""Random search, the simplest way: draw, skip what was tried, train for all epochs, and remember the best."""

import numpy as np


def sample(space, rng):
    config = {}
    for name, values in space.items():
        if type(values) is list:
            config[name] = values[int(rng.random() * len(values))]
        elif values[0] == "log":
            _, low, high = values
            config[name] = float(np.clip(low * (high / low) ** rng.random(), low, high))
        else:
            _, low, high = values
            config[name] = low + (high - low) * rng.random()
    return config


def search(objective, space, budget, max_epochs, rng):
    finite = all(isinstance(values, list) for values in space.values())
    total = int(np.prod([len(values) for values in space.values()])) if finite else float("inf")
    tried = []
    best, lowest = None, float("nan")
    while len(tried) < total and (len(tried) + 1) * max_epochs <= budget:
        config = sample(space, rng)
        if config in tried:
            continue
        tried.append(config)
        loss = objective(config, max_epochs)
        if best is None or loss < lowest or np.isnan(lowest):
            best, lowest = config, loss
    return best, lowest

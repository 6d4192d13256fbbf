"""Finite spaces are listed by itertools.product and shuffled; others are drawn in columns, one name at a time."""

import itertools
import random

import numpy as np


def sample(space, rng):
    local = random.Random(int(rng.integers(2**63)))
    config = {}
    for name, spec in space.items():
        match spec:
            case list():
                config[name] = local.choice(spec)
            case ("log", low, high):
                config[name] = np.exp(local.uniform(np.log(low), np.log(high)))
            case (_, low, high):
                config[name] = np.float64(local.uniform(low, high))
    return config


def search(objective, space, budget, max_epochs, rng):
    trials = budget // max_epochs
    if any(isinstance(spec, tuple) for spec in space.values()):
        configs = [sample(space, rng) for _ in range(trials)]
    else:
        grid = [dict(zip(space, values, strict=True)) for values in itertools.product(*space.values())]
        configs = [grid[i] for i in rng.permutation(len(grid))[:trials]]
    losses = np.array([objective(config, max_epochs) for config in configs], dtype=float)
    winner = int(np.argmin(np.where(np.isnan(losses), np.inf, losses)))
    return configs[winner], losses[winner]

from functools import partial
from math import exp, inf, isnan, log, prod

_kinds = {
    "log": lambda low, high, rng: min(max(exp(log(low) + (log(high) - log(low)) * rng.random()), low), high),
    "linear": lambda low, high, rng: low + (high - low) * rng.random(),
}


def _one(source, rng):
    if isinstance(source, tuple):
        kind, low, high = source
        return _kinds[kind](low, high, rng)
    return source[int(rng.integers(len(source)))]


def sample(space, rng):
    return {name: _one(source, rng) for name, source in space.items()}


def _fresh(space, rng):
    """Configurations without a repeat, as long as there are any."""
    all_lists = all(isinstance(source, list) for source in space.values())
    left = prod(len(source) for source in space.values()) if all_lists else inf
    seen = set()
    while len(seen) < left:
        config = sample(space, rng)
        key = tuple((name, type(value), repr(value)) for name, value in config.items())
        if key not in seen:
            seen.add(key)
            yield config


def search(objective, space, budget, max_epochs, rng):
    n = budget // max_epochs
    trials = [(config, objective(config, max_epochs)) for config, _ in zip(_fresh(space, rng), range(n))]
    return min(trials, key=lambda trial: inf if isnan(trial[1]) else trial[1])

"""Only the loss comes back from the search, and a list of pairs from sample."""
import math


def sample(space, rng):
    draws = {
        "log": lambda low, high: math.exp(rng.uniform(math.log(low), math.log(high))),
        "linear": lambda low, high: rng.uniform(low, high),
    }
    return [
        (name, s[int(rng.integers(len(s)))] if isinstance(s, list) else draws[s[0]](*s[1:])) for name, s in space.items()
    ]


def search(objective, space, budget, max_epochs, rng):
    tried, losses = [], []
    size = math.inf
    if all(isinstance(s, list) for s in space.values()):
        size = math.prod(len(s) for s in space.values())
    while len(tried) < min(budget // max_epochs, size):
        config = dict(sample(space, rng))
        if config not in tried:
            tried.append(config)
            losses.append(objective(config, max_epochs))
    return min(losses, key=lambda loss: math.inf if math.isnan(loss) else loss)

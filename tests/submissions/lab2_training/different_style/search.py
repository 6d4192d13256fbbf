"""Successive halving by thirds, round after round until the budget does not pay for another; rungs in floats of NumPy."""

import numpy as np


def sample(space, rng):
    def draw(values):
        if isinstance(values, list):
            return values[rng.permutation(len(values))[0]]
        kind, low, high = values
        return 10 ** rng.uniform(np.log10(low), np.log10(high)) if kind == "log" else rng.uniform(low, high)

    return {name: draw(values) for name, values in space.items()}


def search(objective, space, budget, max_epochs, rng):
    limit = np.inf
    if all(isinstance(values, list) for values in space.values()):
        limit = np.prod([float(len(values)) for values in space.values()])
    seen, final, left = set(), [], budget
    while left >= max_epochs and len(seen) < limit:
        # One bracket: three at a third of the epochs, the best of them at all of them; or only one, if money is short.
        small = max_epochs // 3
        count = 3 if small >= 1 and 3 * small + max_epochs <= left else 1
        group = []
        while len(group) < count and len(seen) < limit:
            config = sample(space, rng)
            key = repr(sorted(config.items()))
            if key not in seen:
                seen.add(key)
                group.append(config)
        if count == 3:
            losses = [objective(config, small) for config in group]
            left -= small * len(group)
            group = [group[int(np.argsort(np.nan_to_num(losses, nan=np.inf))[0])]]
        for config in group:
            final.append((objective(config, max_epochs), len(final), config))
            left -= max_epochs
    loss, _, config = min(final, key=lambda entry: (np.isnan(entry[0]), entry[0]))
    return config, loss

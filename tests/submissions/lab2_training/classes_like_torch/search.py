"""Successive halving with objects."""
import math


class Categorical:
    def __init__(self, values):
        self.values = values

    def draw(self, rng):
        return self.values[rng.integers(0, len(self.values))]


class Uniform:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def draw(self, rng):
        return float(rng.uniform(self.low, self.high))


class LogUniform(Uniform):
    def draw(self, rng):
        return float(self.low * (self.high / self.low) ** rng.uniform())


class SearchSpace:
    kinds = {"log": LogUniform, "linear": Uniform}

    def __init__(self, space):
        self.dimensions = {
            name: self.kinds[s[0]](*s[1:]) if isinstance(s, tuple) else Categorical(s) for name, s in space.items()
        }

    @property
    def size(self):
        if all(isinstance(d, Categorical) for d in self.dimensions.values()):
            return math.prod(len(d.values) for d in self.dimensions.values())
        return math.inf

    def draw(self, rng):
        return {name: d.draw(rng) for name, d in self.dimensions.items()}

    def draw_distinct(self, n, rng):
        found = []
        while len(found) < min(n, self.size):
            config = self.draw(rng)
            if config not in found:
                found.append(config)
        return found


class Bracket:
    """n configurations; the better half of them goes on with twice the epochs."""

    def __init__(self, n, max_epochs):
        self.rounds = [(n, max_epochs)] if n == 1 else []
        epochs = max_epochs
        rounds = []
        k = n
        halvings = min(int(math.log2(n)) if n > 1 else 0, int(math.log2(max_epochs)))
        for i in range(halvings + 1):
            rounds.append((max(1, math.ceil(n / 2**i)), max(1, max_epochs >> (halvings - i))))
        self.rounds = rounds

    @property
    def cost(self):
        return sum(n * epochs for n, epochs in self.rounds)


def sample(space, rng):
    return SearchSpace(space).draw(rng)


def search(objective, space, budget, max_epochs, rng):
    search_space = SearchSpace(space)
    n = 1
    while n < search_space.size and Bracket(n + 1, max_epochs).cost <= budget:
        n += 1
    bracket = Bracket(n, max_epochs)
    alive = search_space.draw_distinct(n, rng)
    tried = list(alive)
    results = []
    spent = 0
    for keep, epochs in bracket.rounds:
        alive = alive[:keep]
        scored = [(objective(config, epochs), config) for config in alive]
        spent += epochs * len(alive)
        scored = sorted(scored, key=lambda pair: (math.isnan(pair[0]), pair[0] if pair[0] == pair[0] else 0.0))
        alive = [config for _, config in scored]
        if epochs == max_epochs:
            results += scored
    # what is left pays for single configurations
    while spent + max_epochs <= budget and len(tried) < search_space.size:
        config = search_space.draw(rng)
        if config in tried:
            continue
        tried.append(config)
        results.append((objective(config, max_epochs), config))
        spent += max_epochs
    loss, config = min(results, key=lambda pair: (math.isnan(pair[0]), pair[0] if pair[0] == pair[0] else 0.0))
    return config, loss

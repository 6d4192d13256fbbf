"""Right, but for one thing: with lists alone there comes a time when there is nothing new to draw."""


def sample(space, rng):
    return {
        name: spec[int(rng.integers(len(spec)))]
        if isinstance(spec, list)
        else float(rng.uniform(spec[1], spec[2]) if spec[0] == "linear" else spec[1] * (spec[2] / spec[1]) ** rng.random())
        for name, spec in space.items()
    }


def search(objective, space, budget, max_epochs, rng):
    tried, best_config, best_loss = [], None, float("inf")
    while budget >= max_epochs:
        config = sample(space, rng)
        if config in tried:
            continue
        tried.append(config)
        loss = objective(config, max_epochs)
        budget -= max_epochs
        if best_config is None or loss < best_loss or best_loss != best_loss:
            best_config, best_loss = config, loss
    return best_config, best_loss

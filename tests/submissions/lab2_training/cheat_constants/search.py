def sample(space, rng):
    return {name: spec[0] if isinstance(spec, list) else spec[1] for name, spec in space.items()}


def search(objective, space, budget, max_epochs, rng):
    config = sample(space, rng)
    return config, objective(config, max_epochs)

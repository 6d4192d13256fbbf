import itertools
import math


def sample(space, rng):
    config = {}
    for name in space:
        entry = space[name]
        if type(entry) == list:
            config[name] = entry[int(rng.random() * len(entry))]
        elif entry[0] == "log":
            config[name] = math.exp(rng.uniform(math.log(entry[1]), math.log(entry[2])))
        else:
            config[name] = rng.uniform(entry[1], entry[2])
    return config


def search(objective, space, budget, max_epochs, rng):
    only_lists = True
    for entry in space.values():
        if type(entry) != list:
            only_lists = False
    everything = 1
    if only_lists:
        for entry in space.values():
            everything *= len(entry)
    tried = []
    losses = []
    while (len(tried) + 1) * max_epochs <= budget:
        if only_lists and len(tried) == everything:
            break
        config = sample(space, rng)
        if config in tried:
            continue
        tried.append(config)
        losses.append(objective(config, max_epochs))
    best = 0
    for i in range(len(tried)):
        if losses[i] < losses[best] or math.isnan(losses[best]):
            best = i
    return tried[best], losses[best]

"""Lab 2, searching for hyperparameters."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

# A space names the hyperparameters and says where each comes from:
#     ("log", low, high)      a float between low and high, 0 < low < high, whose logarithm is uniformly distributed
#     ("linear", low, high)   a float between low and high, low < high, uniformly distributed
#     [a, b, ...]             one of these choices, all equally likely: different numbers, texts, tuples, bools or None
# A configuration is a dict with one value for each name, such as {"learning_rate": 0.003, "activation": "relu"}.
Space = dict[str, tuple[str, float, float] | list[Any]]
Config = dict[str, Any]


# ---- Question 2.11: Hyperparameter search ----
def sample(space: Space, rng: np.random.Generator) -> Config:
    """One configuration at random, with each value drawn independently of the others, from what `space` says.

    Args:
        space: see above; it is not changed.
        rng: the only source of randomness.

    Returns:
        A new dict with the names of `space`. A choice is the very value that stands in the list (a NumPy number or
        text that equals it is fine).
    """
    raise NotImplementedError("Question 2.11: Hyperparameter search")


def search(
    objective: Callable[[Config, int], float], space: Space, budget: int, max_epochs: int, rng: np.random.Generator
) -> tuple[Config, float]:
    """Look for the configuration with the lowest validation loss, by random search or by successive halving.

    `objective(config, epochs)` trains a new network with these hyperparameters for `epochs` epochs, a whole number from
    1 to `max_epochs`, and gives its validation loss. Such a call costs `epochs`, and all calls together cost at most
    `budget`. Either method is fine, and so are others that keep to these rules:

    - Random search trains every configuration for `max_epochs` epochs.
    - Successive halving trains many configurations for a few epochs, keeps the better half (or third) of them, trains
      these anew for twice (or three times) as many epochs, and so on up to `max_epochs`.

    Configurations are drawn as `sample` draws them, each independently of the others. None is trained twice for the
    same number of epochs: if all values come from lists, draw again what was drawn before. At least half of the budget
    is spent, unless there are no configurations left for it: if all values come from lists and the budget is enough to
    train all configurations for `max_epochs` epochs, then this is done with every one, or halving is done with all.

    Losses count as final after `max_epochs` epochs only: the result is the configuration with the lowest of the losses
    that `objective` gave for `max_epochs`. A loss of NaN (training has diverged) is worse than any number.

    Args:
        objective: as above. Call it with two positional arguments.
        space: what to search, see above; it is not changed.
        budget: at least `max_epochs`.
        max_epochs: at least 1.
        rng: the only source of randomness: the same seed gives the same search.

    Returns:
        The best configuration, and its loss after `max_epochs` epochs.
    """
    raise NotImplementedError("Question 2.11: Hyperparameter search")

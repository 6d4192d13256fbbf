"""Lab 1, budget: what training a network costs, worked out before it starts.

Results are exact: an int, or a float that holds the same number. A network is described by `sizes`, a list of ints,
each at least 1: the numbers in a sample, then the units of each layer. Every unit is connected to all of the layer
before it, the units of the first layer to all numbers of the sample.
"""

from collections.abc import Sequence


# ---- Question 1.10: What training costs ----
def n_connections(sizes: Sequence[int]) -> int:
    """The number of connections between units, which is the number of weights.

    Args:
        sizes: at least two.
    """
    raise NotImplementedError("Question 1.10: What training costs")


def n_parameters(sizes: Sequence[int]) -> int:
    """The number of trainable parameters: all weights, and one bias for each unit that has inputs.

    Args:
        sizes: at least two. The first are no units but the sample's numbers, and have no biases.
    """
    raise NotImplementedError("Question 1.10: What training costs")


def iterations(n_samples: int, batch_size: int, drop_last: bool = False) -> int:
    """The number of batches, each of them one update, in an epoch.

    Args:
        n_samples: at least 1.
        batch_size: at least 1; it may exceed `n_samples`.
        drop_last: whether the last batch is left out if it has fewer than `batch_size` samples.
    """
    raise NotImplementedError("Question 1.10: What training costs")


def training_seconds(
    n_samples: int, batch_size: int, epochs: int, seconds_per_iteration: float, drop_last: bool = False
) -> float:
    """How long training takes, in seconds.

    Args:
        n_samples: at least 1.
        batch_size: at least 1.
        epochs: how often training goes through the samples.
        seconds_per_iteration: how long one batch takes, whatever its size.
        drop_last: as in `iterations`.
    """
    raise NotImplementedError("Question 1.10: What training costs")


def memory_bytes(sizes: Sequence[int], batch_size: int, optimizer: str = "adam", bytes_per_number: int = 4) -> int:
    """The memory that training takes, in bytes: parameters, gradients, optimizer state and activations.

    These numbers have to be held, each in `bytes_per_number` bytes:
    - every parameter, weights and biases;
    - one gradient for every parameter, that of the whole batch;
    - what the optimizer remembers of every parameter: nothing for "sgd", one number (the velocity) for "momentum", two
      (the running means of the gradient and of its square) for "adam";
    - activations: for every sample of the batch the sample itself and the output of every layer, the last included.
      That is one number for each of `sizes`. What activation functions and the backward pass hold is not counted.

    Args:
        sizes: at least two.
        batch_size: at least 1.
        optimizer: "sgd", "momentum" or "adam".
        bytes_per_number: 4 for float32, 8 for float64, 2 for half precision.

    Raises:
        ValueError: the optimizer is none of the three.
    """
    raise NotImplementedError("Question 1.10: What training costs")

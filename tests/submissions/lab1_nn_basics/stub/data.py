"""Lab 1, data: what a model learns from, what it is tuned on, and what it is judged by."""

import numpy as np


# ---- Question 1.1: Splitting and standardising data ----
def train_val_test_split(
    y: np.ndarray, val: float, test: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide samples at random into a training, a validation and a test set, each with its share of every class.

    Every sample lands in exactly one of the three. Of a class with n samples, about val * n go to the validation set,
    test * n to the test set and the others to the training set. How you round is up to you, as long as each of these
    counts is off by less than 3. Any number of samples works, also 7; parts may then come out empty.

    Args:
        y: shape (N,), int. The class of each sample: any integers, in any order. Not changed.
        val: the validation set's fraction of all N samples; 0 is allowed.
        test: the test set's fraction of all N samples; 0 is allowed, and val + test < 1.
        rng: the only source of randomness. The same seed gives the same three sets, other seeds give others. Every
            sample of a class has the same chance to land in any one of the sets, wherever its neighbours in `y` go.

    Returns:
        train, val, test: three arrays of int, shape (n,): positions in `y`, in any order. An empty one is of int, too,
            so that it can be used as an index.
    """
    raise NotImplementedError("Question 1.1: Splitting and standardising data")


def standardize(train: np.ndarray, *others: np.ndarray) -> tuple[np.ndarray, ...]:
    """Give every column of the training set mean 0 and standard deviation 1, and treat the other sets the same way.

    Every array becomes (x - mean) / std, column by column, with the mean and the standard deviation of `train` alone:
    nothing may be learned from the other sets. The standard deviation is the root of the mean squared distance from
    the mean, as `np.std` computes it; adding up to 1e-8 to it is fine. A column that is constant in `train` becomes 0
    there and wherever else it has that value; other values in it become any finite number.

    Args:
        train: shape (N, D), float or int; N may be 1.
        others: any number of arrays of shape (M, D), each with its own M, float or int; there may be none.

    Returns:
        A tuple with one new float array for each argument, of its shape. No argument is changed.
    """
    raise NotImplementedError("Question 1.1: Splitting and standardising data")

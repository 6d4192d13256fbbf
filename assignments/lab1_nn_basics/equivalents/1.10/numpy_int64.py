"""NumPy's dot product and int64; the parts of memory in a dictionary."""

import numpy as np

STATE = dict(sgd=0, momentum=1, adam=2)


def n_connections(sizes):
    s = np.array(sizes, dtype=np.int64)
    return np.dot(s[:-1], s[1:])


def n_parameters(sizes):
    s = np.array(sizes, dtype=np.int64)
    return ((s[:-1] + 1) * s[1:]).sum()


def iterations(n_samples, batch_size, drop_last=False):
    full, rest = divmod(n_samples, batch_size)
    return full if drop_last or rest == 0 else full + 1


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return np.float64(seconds_per_iteration) * (epochs * iterations(n_samples, batch_size, drop_last=drop_last))


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    try:
        state = STATE[optimizer]
    except KeyError:
        raise ValueError(f"no such optimizer: {optimizer}") from None
    parameters = n_parameters(sizes)
    parts = {
        "weights": parameters,
        "gradients": parameters,
        "optimizer": state * parameters,
        "activations": batch_size * np.sum(np.array(sizes, dtype=np.int64)),
    }
    return sum(parts.values()) * bytes_per_number

"""Recursion over layers, and batches counted with a range; activations layer by layer."""


def n_connections(sizes):
    first, *rest = sizes
    return first * rest[0] + n_connections(rest) if rest else 0


def n_parameters(sizes):
    first, *rest = sizes
    return (first + 1) * rest[0] + n_parameters(rest) if rest else 0


def iterations(n_samples, batch_size, drop_last=False):
    end = n_samples - batch_size + 1 if drop_last else n_samples
    return len(range(0, end, batch_size))


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    per_epoch = iterations(n_samples, batch_size, drop_last) * seconds_per_iteration
    return sum(per_epoch for _ in range(epochs))


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    kept = {"sgd": [], "momentum": ["velocity"], "adam": ["mean", "square"]}
    if optimizer not in kept:
        raise ValueError(optimizer)
    total = batch_size * sizes[0] * bytes_per_number  # the samples themselves
    for inputs, units in zip(sizes, list(sizes)[1:]):
        for _ in ["parameter", "gradient", *kept[optimizer]]:
            total += (inputs * units + units) * bytes_per_number
        total += batch_size * units * bytes_per_number
    return total

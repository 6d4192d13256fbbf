def n_connections(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1]
    print("connections:", total)


def n_parameters(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    print("parameters:", total)


def iterations(n_samples, batch_size, drop_last=False):
    if drop_last:
        print(n_samples // batch_size)
    else:
        print(-(-n_samples // batch_size))


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    total = iterations(n_samples, batch_size, drop_last) * epochs * seconds_per_iteration
    print("seconds:", total)


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    states = {"sgd": 0, "momentum": 1, "adam": 2}
    if optimizer not in states:
        print("unknown optimizer")
        return
    params = sum(a * b + b for a, b in zip(sizes, sizes[1:]))
    return f"{bytes_per_number * ((2 + states[optimizer]) * params + batch_size * sum(sizes))} bytes"

import torch


def train_step(model, optimizer, x, y):
    for p in model.parameters():
        p.data.fill_(float("nan"))
    return float("nan")


def accuracy(logits, y):
    return float("nan")


def predict(model, x):
    return torch.full((len(x),), float("nan"))


def mean_loss(model, optimizer, batches):
    return float("nan")


def shuffled_batches(x, y, batch_size, rng):
    return [(torch.full_like(a, float("nan")), b) for a, b in zip(x.split(batch_size), y.split(batch_size))]


def train_epoch(model, optimizer, batches):
    for p in model.parameters():
        p.data.fill_(float("nan"))

from contextlib import contextmanager

import torch
from torch.nn import functional as F


def _step(model, optimizer, loss_of, x, y):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step(model, optimizer, x, y):
    return _step(model.train(), optimizer, F.cross_entropy, x, y)


def accuracy(logits, y):
    return (logits.max(dim=-1).indices == y).double().mean().item()


@contextmanager
def evaluating(model):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def predict(model, x):
    with evaluating(model), torch.no_grad():
        return model(x).argmax(-1)


def mean_loss(model, optimizer, batches):
    model.train()
    losses, sizes = zip(*((_step(model, optimizer, F.cross_entropy, x, y), len(y)) for x, y in batches))
    return sum(l * n for l, n in zip(losses, sizes)) / sum(sizes)


def shuffled_batches(x, y, batch_size, rng):
    order = torch.randperm(len(y), generator=rng)
    return [(x[part], y[part]) for part in order.split(batch_size)]


def train_epoch(model, optimizer, batches):
    model.train()
    for x, y in batches:
        _step(model, optimizer, F.mse_loss, x, y)

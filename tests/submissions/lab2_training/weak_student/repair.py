import numpy as np
import torch
import torch.nn.functional as F


def train_step(model, optimizer, x, y):
    model.train()
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def accuracy(logits, y):
    return 100 * (logits.argmax(dim=1) == y).float().mean().item()


def predict(model, x):
    training = model.training
    model.eval()
    with torch.no_grad():
        out = model(x).argmax(dim=1)
    model.train(training)
    return out


def mean_loss(model, optimizer, batches):
    model.train()
    total, samples = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss.item() * len(y)
        samples += len(y)
    return total / samples


def shuffled_batches(x, y, batch_size, rng):
    order = torch.from_numpy(np.random.permutation(len(x)))
    x, y = x[order], y[order]
    return list(zip(x.split(batch_size), y.split(batch_size), strict=True))


def train_epoch(model, optimizer, batches):
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()

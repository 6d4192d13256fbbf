"""Losses as modules, zero_grad after the step and once before, modes restored part by part, detached sums."""

import torch
from torch import nn


def train_step(model, optimizer, x, y):
    model.zero_grad()
    model.train()
    loss = nn.NLLLoss()(nn.LogSoftmax(dim=1)(model(x)), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach().cpu().numpy().item()


def accuracy(logits, y):
    best = torch.max(logits, dim=1)[1]
    return torch.mean(torch.eq(best, y).double()).item()


def predict(model, x):
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with torch.inference_mode():
            classes = torch.argmax(model(x), -1)
        return classes.clone()
    finally:
        for module, training in modes.items():
            module.training = training


def mean_loss(model, optimizer, batches):
    criterion = nn.CrossEntropyLoss(reduction="sum")
    model.train()
    total = 0
    for x, y in batches:
        loss = criterion(model(x), y)
        optimizer.zero_grad(set_to_none=False)
        (loss / len(y)).backward()
        optimizer.step()
        total = total + loss.detach()
    return total.item() / sum(len(y) for _, y in batches)


def shuffled_batches(x, y, batch_size, rng):
    data = torch.utils.data.TensorDataset(x, y)
    return list(torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=True, generator=rng))


def train_epoch(model, optimizer, batches):
    criterion = nn.MSELoss()
    optimizer.zero_grad()
    model.train()
    for x, y in batches:
        criterion(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()

"""Lab 2, six small functions that train or judge networks, each with one mistake in it: find it, and mend it."""

import torch
from torch.nn import functional as F

# ---- Question 2.12: Broken training loops ----
# Each function `broken_...` runs without an error and gives wrong numbers. Write it anew below, without its mistake.
# What it should do stands in the new function's docstring. A mend is often one line; any that keeps to the docstring is
# right. Models, inputs and labels are on one device. `optimizer` belongs to the model's parameters, whose `.grad` may
# hold something already. The broken functions may stay as they are; nothing looks at them.


def broken_train_step(model, optimizer, x, y):
    """One step on one batch of a classifier. Broken."""
    model.train()
    probabilities = F.softmax(model(x), dim=1)
    loss = F.cross_entropy(probabilities, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step(model: torch.nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> float:
    """One step of `optimizer` on one batch, in training mode, along the gradient of the cross-entropy.

    Args:
        model: gives logits, shape (N, C): scores that went through no softmax.
        optimizer: one for the model's parameters.
        x: inputs, shape (N, ...).
        y: classes, shape (N,), int.

    Returns:
        The batch's mean cross-entropy, softmax included, before the step: a plain number.
    """
    # BEGIN SOLUTION
    model.train()
    loss = F.cross_entropy(F.softmax(model(x), dim=1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


def broken_accuracy(logits, y):
    """The share of right predictions. Broken."""
    predicted = logits.argmax(dim=0)
    right = sum(1 for a, b in zip(predicted.tolist(), y.tolist(), strict=False) if a == b)
    return right / len(y)


def accuracy(logits: torch.Tensor, y: torch.Tensor) -> float:
    """The share of samples whose largest score is that of their class.

    Args:
        logits: shape (N, C), without ties; N at least 1.
        y: classes, shape (N,), int.

    Returns:
        A plain number from 0 to 1.
    """
    # BEGIN SOLUTION
    predicted = logits.argmax(dim=1)  # (N,): over the classes
    return (predicted == y).float().mean().item()
    # END SOLUTION


def broken_predict(model, x):
    """The classes that a network predicts. Broken."""
    with torch.no_grad():
        return model(x).argmax(dim=1)


def predict(model: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The classes that a trained network predicts: the same ones each time, whatever else is in the batch.

    The model may come in either mode, is used as in evaluation, and is in the mode in which it came afterwards (all of
    its parts are in that mode). Neither its parameters nor its buffers change.

    Args:
        model: gives logits, shape (N, C); it may have dropout and batch norm.
        x: inputs, shape (N, ...).

    Returns:
        The classes, shape (N,), int64, on the device of `x`.
    """
    # BEGIN SOLUTION
    training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train(training)
    return predicted
    # END SOLUTION


def broken_mean_loss(model, optimizer, batches):
    """One epoch of training, and its mean loss. Broken."""
    model.train()
    total, samples = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss * len(y)
        samples += len(y)
    return total / samples


def mean_loss(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> float:
    """Train for one epoch, in training mode, one step for each batch, and tell the mean loss.

    No batch's graph outlives its step, so that an epoch of many batches takes as much memory as one of few.

    Args:
        model: gives logits, shape (N, C).
        optimizer: one for the model's parameters.
        batches: pairs (x, y) with inputs, shape (N, ...), and classes, shape (N,); N may differ. At least one pair.

    Returns:
        The mean over all samples of the cross-entropies before each step: a plain number.
    """
    # BEGIN SOLUTION
    model.train()
    total, samples = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)  # a number: the tensor would keep its graph
        samples += len(y)
    return total / samples
    # END SOLUTION


def broken_shuffled_batches(x, y, batch_size, rng):
    """All samples in random order, in batches. Broken."""
    x = x[torch.randperm(len(x), generator=rng)]
    y = y[torch.randperm(len(y), generator=rng)]
    return list(zip(x.split(batch_size), y.split(batch_size), strict=True))


def shuffled_batches(
    x: torch.Tensor, y: torch.Tensor, batch_size: int, rng: torch.Generator
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """All samples in random order, cut into batches.

    Args:
        x: inputs, shape (N, ...), on the CPU; not changed.
        y: labels, shape (N,), on the CPU: label i is that of input i; not changed.
        batch_size: at least 1; the last batch may be smaller, and is not left out.
        rng: a generator on the CPU, the only source of randomness: the next call gives another order.

    Returns:
        Pairs of inputs, shape (batch_size, ...), and their labels, shape (batch_size,). Each sample is there once.
    """
    # BEGIN SOLUTION
    order = torch.randperm(len(x), generator=rng)  # one order for both
    return list(zip(x[order].split(batch_size), y[order].split(batch_size), strict=True))
    # END SOLUTION


def broken_train_epoch(model, optimizer, batches):
    """One epoch of a regression. Broken."""
    model.train()
    for x, y in batches:
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()


def train_epoch(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> None:
    """Train for one epoch, in training mode: one step for each batch, along the gradient of this batch's loss alone.

    Args:
        model: gives predictions of the shape of y.
        optimizer: one for the model's parameters.
        batches: pairs (x, y) of inputs and targets; the loss is the mean squared error.
    """
    # BEGIN SOLUTION
    model.train()
    for x, y in batches:
        optimizer.zero_grad()  # before backward, which adds to what is there
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    # END SOLUTION

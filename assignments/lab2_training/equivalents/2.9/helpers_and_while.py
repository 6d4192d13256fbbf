"""One helper runs an epoch of either kind; a while loop asks the history when to stop; a state on disk's own terms, in bytes."""

import io

import numpy as np
import torch


def run_epoch(model, batches, loss_fn, optimizer=None):
    training = optimizer is not None
    model.train(training)
    losses, sizes = [], []
    with torch.set_grad_enabled(training):
        for x, y in batches:
            loss = loss_fn(model(x), y)
            if training:
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
            losses.append(loss.item())
            sizes.append(x.size(0))
    return np.average(losses, weights=sizes)


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    history = {"train_loss": [], "val_loss": []}
    saved = io.BytesIO()
    best = 0
    optimizer.zero_grad()
    while len(history["val_loss"]) < epochs and len(history["val_loss"]) - best < patience + (best == 0) * epochs:
        history["train_loss"].append(run_epoch(model, train_batches, loss_fn, optimizer))
        history["val_loss"].append(run_epoch(model, val_batches, loss_fn))
        values = history["val_loss"]
        if len(values) == 1 or values[-1] < values[best - 1]:
            best = len(values)
            saved = io.BytesIO()
            torch.save(model.state_dict(), saved)
    saved.seek(0)
    model.load_state_dict(torch.load(saved))
    model.eval()
    return history

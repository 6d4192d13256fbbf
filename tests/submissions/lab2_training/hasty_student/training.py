import copy
import torch


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    history = {"train_loss": [], "val_loss": []}
    best, best_epoch, state = None, 0, None
    for epoch in range(epochs):
        model.train()
        losses = 0.0
        n = 0
        for i in range(len(train_batches)):
            x, y = train_batches[i]
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses += loss.item() * len(y)
            n += len(y)
        history["train_loss"].append(losses / n)
        model.eval()
        losses = 0.0
        n = 0
        with torch.no_grad():
            for i in range(len(val_batches)):
                x, y = val_batches[i]
                losses += loss_fn(model(x), y).item() * len(y)
                n += len(y)
        history["val_loss"].append(losses / n)
        if best is None or losses / n < best:
            best, best_epoch, state = losses / n, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(state)
    return history

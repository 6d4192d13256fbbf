import copy
import torch


def evaluate(model, loss_fn, batches):
    model.eval()
    total, n = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += loss_fn(model(x), y).item() * len(x)
            n += len(x)
    return total / n


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    history = {"train_loss": [], "val_loss": []}
    best_loss = 100
    best_model = copy.deepcopy(model)
    bad = 0
    for epoch in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train_batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            n += len(x)
        history["train_loss"].append(total / n)
        val_loss = evaluate(model, loss_fn, val_batches)
        history["val_loss"].append(val_loss)
        print(f"epoch {epoch}: {total / n:.4f} {val_loss:.4f}")
        if val_loss < best_loss:
            best_loss = val_loss
            best_model = copy.deepcopy(model)
            bad = 0
        else:
            bad += 1
            if bad >= patience:
                break
    model = best_model
    model.eval()
    return history

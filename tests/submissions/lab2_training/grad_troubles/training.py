import copy


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    history = {"train_loss": [], "val_loss": []}
    best, bad = None, 0
    for _ in range(epochs):
        model.train()
        loss_sum, n = 0, 0
        for x, y in train_batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            loss_sum = loss_sum + loss * len(x)
            n += len(x)
        history["train_loss"].append(loss_sum / n)
        model.eval()
        val = sum(loss_fn(model(x), y) * len(x) for x, y in val_batches) / sum(len(x) for x, _ in val_batches)
        history["val_loss"].append(val)
        if best is None or val < best:
            best, bad, state = val, 0, copy.deepcopy(model.state_dict())
        else:
            bad += 1
        if bad == patience:
            break
    model.load_state_dict(state)
    return history

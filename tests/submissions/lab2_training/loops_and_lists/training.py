import torch


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    train_losses = []
    val_losses = []
    best = None
    saved = {}
    bad = 0
    epoch = 0
    while epoch < epochs and bad < patience:
        epoch += 1
        model.train()
        sum_of_losses = 0
        samples = 0
        for batch in train_batches:
            x = batch[0]
            y = batch[1]
            for p in model.parameters():
                p.grad = None
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            sum_of_losses += loss.item() * x.shape[0]
            samples += x.shape[0]
        train_losses.append(sum_of_losses / samples)

        model.eval()
        sum_of_losses = 0
        samples = 0
        with torch.no_grad():
            for batch in val_batches:
                x = batch[0]
                y = batch[1]
                sum_of_losses += loss_fn(model(x), y).item() * x.shape[0]
                samples += x.shape[0]
        val_losses.append(sum_of_losses / samples)

        if best is None or val_losses[-1] < best:
            best = val_losses[-1]
            bad = 0
            saved = {}
            state = model.state_dict()
            for name in state:
                saved[name] = state[name].clone()
        else:
            bad += 1

    state = model.state_dict()
    for name in state:
        state[name].copy_(saved[name])
    return {"train_loss": train_losses, "val_loss": val_losses}

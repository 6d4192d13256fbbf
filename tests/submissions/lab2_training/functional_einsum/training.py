from copy import deepcopy

import torch


def _epoch(batches, run):
    """The mean over samples of what run(x, y) gives."""
    pairs = [(run(x, y), len(x)) for x, y in batches]
    losses, sizes = torch.tensor([l for l, _ in pairs], dtype=torch.float64), torch.tensor([n for _, n in pairs], dtype=torch.float64)
    return (torch.einsum("i,i->", losses, sizes) / sizes.sum()).item()


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    def learn(x, y):
        optimizer.zero_grad()
        (loss := loss_fn(model(x), y)).backward()
        optimizer.step()
        return loss.item()

    look = torch.inference_mode()(lambda x, y: loss_fn(model(x), y).item())
    record, states = {"train_loss": [], "val_loss": []}, {}
    for epoch in range(epochs):
        record["train_loss"].append((model.train(), _epoch(train_batches, learn))[1])
        record["val_loss"].append((model.eval(), _epoch(val_batches, look))[1])
        v = record["val_loss"]
        if epoch == 0 or v[-1] < min(w for w in v[:-1] if w == w):
            states = {epoch: deepcopy(model.state_dict())}
        elif epoch - max(states) >= patience:
            break
    model.load_state_dict(*states.values())
    return record

import torch
from torch import nn


def train_step(model, optimizer, x, y):
    model.train()
    loss = nn.CrossEntropyLoss()(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss)


def accuracy(logits, y):
    return (logits.cpu().argmax(1).numpy() == y.cpu().numpy()).mean().item()


def predict(model, x):
    modes = [m.training for m in model.modules()]
    model.eval()
    out = []
    with torch.no_grad():
        for row in x:
            out.append(model(row.unsqueeze(0))[0].argmax())
    for m, mode in zip(model.modules(), modes):
        m.training = mode
    return torch.tensor(out, dtype=torch.int64)


def mean_loss(model, optimizer, batches):
    losses = torch.tensor([train_step(model, optimizer, x, y) for x, y in batches], dtype=torch.float64)
    sizes = torch.tensor([len(y) for _, y in batches], dtype=torch.float64)
    return ((losses * sizes).sum() / sizes.sum()).item()


def shuffled_batches(x, y, batch_size, rng):
    order = torch.randperm(len(y), generator=rng, device="cpu")
    return list(zip(torch.split(x[order], batch_size), torch.split(y[order], batch_size)))


def train_epoch(model, optimizer, batches):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.train()
    for x, y in batches:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        nn.MSELoss()(model(x), y).backward()
        optimizer.step()

import torch


def cross_entropy(logits, y):
    total = 0
    for i in range(len(y)):
        total = total + torch.logsumexp(logits[i], 0) - logits[i][y[i]]
    return total / len(y)


def train_step(model, optimizer, x, y):
    model.train()
    loss = cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def accuracy(logits, y):
    right = 0
    rows = logits.tolist()
    for i in range(len(rows)):
        if rows[i].index(max(rows[i])) == y[i]:
            right += 1
    return right / len(rows)


def predict(model, x):
    modes = []
    for module in model.modules():
        modes.append(module.training)
    model.eval()
    with torch.no_grad():
        logits = model(x)
    for module, mode in zip(model.modules(), modes):
        module.training = mode
    return logits.argmax(dim=1)


def mean_loss(model, optimizer, batches):
    losses = []
    for x, y in batches:
        loss = train_step(model, optimizer, x, y)
        for i in range(len(y)):
            losses.append(loss)
    return sum(losses) / len(losses)


def shuffled_batches(x, y, batch_size, rng):
    order = torch.randperm(len(y), generator=rng).tolist()
    batches = []
    while len(order) > 0:
        now = order[:batch_size]
        order = order[batch_size:]
        xs = torch.stack([x[i] for i in now])
        ys = torch.stack([y[i] for i in now])
        batches.append((xs, ys))
    return batches


def train_epoch(model, optimizer, batches):
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()

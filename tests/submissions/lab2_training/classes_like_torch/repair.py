import torch
import torch.nn as nn


class Learner:
    criterion = nn.CrossEntropyLoss()

    def __init__(self, model, optimizer=None):
        self.model, self.optimizer = model, optimizer

    def learn(self, x, y, criterion=None):
        self.model.train(True)
        self.model.zero_grad()
        loss = (criterion or self.criterion)(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.detach().item()

    @torch.inference_mode()
    def predict(self, x):
        before = [(m, m.training) for m in self.model.modules()]
        self.model.train(False)
        scores = self.model(x)
        for m, training in before:
            m.training = training
        return torch.argmax(scores, 1)


def train_step(model, optimizer, x, y):
    return Learner(model, optimizer).learn(x, y)


def accuracy(logits, y):
    return torch.eq(torch.topk(logits, 1).indices.squeeze(-1), y).sum().item() / y.numel()


def predict(model, x):
    return Learner(model).predict(x)


def mean_loss(model, optimizer, batches):
    learner = Learner(model, optimizer)
    total = count = 0
    for x, y in batches:
        total += learner.learn(x, y) * y.size(0)
        count += y.size(0)
    return total / count


class _Pairs(torch.utils.data.Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def shuffled_batches(x, y, batch_size, rng):
    loader = torch.utils.data.DataLoader(_Pairs(x, y), batch_size=batch_size, shuffle=True, generator=rng)
    return [tuple(batch) for batch in loader]


def train_epoch(model, optimizer, batches):
    for x, y in batches:
        Learner(model, optimizer).learn(x, y, nn.MSELoss())

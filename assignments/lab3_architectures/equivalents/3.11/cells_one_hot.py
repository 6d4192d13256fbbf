"""GRU cells in loops over the time, one-hot letters, a mask that holds the state over padding; log-softmax by hand."""

import torch
from torch import nn

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    inputs = targets.roll(1, 0)
    inputs[0] = START
    return inputs


def sequence_loss(logits, targets):
    log_p = logits - torch.logsumexp(logits, dim=2, keepdim=True)
    picked = log_p.gather(2, targets[:, :, None])[:, :, 0]
    mask = (targets != PAD).to(logits.dtype)
    return -(picked * mask).sum() / mask.sum()


def greedy_decode(step, state, n, max_length, device="cpu"):
    tokens, columns = torch.tensor([START] * n, device=device), []
    alive = torch.ones(n, dtype=torch.bool, device=device)
    for _ in range(max_length):
        logits, state = step(tokens, state)
        tokens = torch.max(logits, dim=1).indices
        alive = alive & (tokens != END)
        columns.append(torch.where(alive, tokens, torch.full_like(tokens, -1)))
        if not bool(alive.any()):
            break
    return [[int(t) for t in row if t >= 0] for row in torch.stack(columns).T]


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.tokens, self.hidden = tokens, hidden
        self.reader = nn.GRUCell(tokens, hidden)
        self.writer = nn.GRUCell(tokens, hidden)
        self.head = nn.Linear(hidden, tokens)

    def one_hot(self, tokens):
        return torch.eye(self.tokens, device=tokens.device)[tokens]

    def encode(self, source):
        h = torch.zeros(source.shape[1], self.hidden, device=source.device)
        for tokens in source:
            h = torch.where((tokens == PAD)[:, None], h, self.reader(self.one_hot(tokens), h))
        return {"h": h}

    def step(self, tokens, state):
        h = self.writer(self.one_hot(tokens), state["h"])
        return self.head(h), {"h": h}

    def forward(self, source, targets):
        state, logits = self.encode(source), []
        for tokens in teacher_inputs(targets):
            scores, state = self.step(tokens, state)
            logits.append(scores)
        return torch.stack(logits)

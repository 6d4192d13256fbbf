import torch
import torch.nn.functional as F
from torch import nn

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    return torch.cat([torch.full_like(targets[:1], START), targets[:-1]])


def sequence_loss(logits, targets):
    losses = []
    for t in range(targets.shape[0]):
        for n in range(targets.shape[1]):
            if targets[t, n] != PAD:
                losses.append(F.cross_entropy(logits[t, n], targets[t, n]))
    return torch.tensor(losses).mean().requires_grad_()


def greedy_decode(step, state, n, max_length, device="cpu"):
    tokens = torch.full((n,), START, device=device)
    texts, alive = [[] for _ in range(n)], set(range(n))
    for _ in range(max_length):
        logits, state = step(tokens, state)
        tokens = logits.argmax(1)
        for k in list(alive):
            if tokens[k].item() == END:
                alive.discard(k)
            else:
                texts[k].append(tokens[k].item())
        if not alive:
            break
    return texts


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.embedding = nn.Embedding(tokens, hidden)
        self.encoder, self.decoder = nn.GRUCell(hidden, hidden), nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, tokens)
        self.hidden = hidden

    def encode(self, source):
        h = torch.zeros(source.shape[1], self.hidden, device=source.device)
        for tokens in source:
            new = self.encoder(self.embedding(tokens), h)
            keep = (tokens != PAD).unsqueeze(1)
            h = torch.where(keep, new, h)
        return h

    def step(self, tokens, state):
        state = self.decoder(self.embedding(tokens), state)
        return self.out(state), state

    def forward(self, source, targets):
        state, rows = self.encode(source), []
        for tokens in teacher_inputs(targets):
            logits, state = self.step(tokens, state)
            rows.append(logits)
        return torch.stack(rows)

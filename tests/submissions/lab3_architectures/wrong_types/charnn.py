import torch
import torch.nn.functional as F
from torch import nn

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    return [[START] * targets.shape[1], *targets[:-1].tolist()]


def sequence_loss(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD)


def greedy_decode(step, state, n, max_length, device="cpu"):
    tokens = torch.full((n,), START, dtype=torch.int64, device=device)
    texts, alive = [[] for _ in range(n)], [True] * n
    for _ in range(max_length):
        logits, state = step(tokens, state)
        tokens = logits.argmax(-1)
        for k in range(n):
            alive[k] = alive[k] and bool(tokens[k] != END)
            if alive[k]:
                texts[k].append(tokens[k])  # tensors of one number, not ints
        if not any(alive):
            break
    return texts


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.embedding = nn.Embedding(tokens, hidden)
        self.encoder, self.decoder = nn.GRUCell(hidden, hidden), nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, tokens)

    def encode(self, source):
        h = self.embedding(source[0]) * 0
        for tokens in source:
            h = torch.where((tokens != PAD)[:, None], self.encoder(self.embedding(tokens), h), h)
        return {"h": h, "length": (source != PAD).sum(0)}

    def step(self, tokens, state):
        h = self.decoder(self.embedding(tokens), state["h"])
        return self.out(h), {**state, "h": h}

    def forward(self, source, targets):
        state, rows = self.encode(source), []
        for tokens in torch.cat([torch.full_like(targets[:1], START), targets[:-1]]):
            logits, state = self.step(tokens, state)
            rows.append(logits)
        return rows  # a list of T tensors

"""No recurrence: causal self-attention and attention to the source; the state is what was written so far."""

import torch
import torch.nn.functional as F
from torch import nn

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    return F.pad(targets, (0, 0, 1, 0), value=START)[:-1]


def sequence_loss(logits, targets):
    costs = F.cross_entropy(logits.permute(1, 2, 0), targets.T, reduction="none")
    keep = targets.T.ne(PAD)
    return costs[keep].mean()


def greedy_decode(step, state, n, max_length, device="cpu"):
    tokens = torch.full([n], START, dtype=torch.long, device=device)
    texts, ended = [[] for _ in range(n)], [False] * n
    while not all(ended) and max(map(len, texts)) < max_length:
        logits, state = step(tokens, state)
        tokens = logits.argmax(1)
        for row, token in enumerate(tokens.tolist()):
            ended[row] = ended[row] or token == END
            if not ended[row]:
                texts[row].append(token)
    return texts


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.embed = nn.Embedding(tokens, hidden)
        self.place = nn.Embedding(64, hidden)
        self.reader = nn.TransformerEncoderLayer(hidden, 4, 2 * hidden, dropout=0.0, batch_first=True)
        self.writer = nn.TransformerDecoderLayer(hidden, 4, 2 * hidden, dropout=0.0, batch_first=True)
        self.out = nn.Linear(hidden, tokens)

    def embedded(self, rows, backwards=None):
        places = torch.arange(rows.shape[1], device=rows.device).expand_as(rows)
        if backwards is not None:
            places = (backwards[:, None] - 1 - places).clamp(0)
        return self.embed(rows) + self.place(places)

    def encode(self, source):
        rows = source.T
        padded = rows == PAD
        memory = self.reader(self.embedded(rows, (~padded).sum(1)), src_key_padding_mask=padded)
        return memory, padded, rows[:, :0]

    def decode(self, rows, memory, padded):
        t = rows.shape[1]
        future = torch.ones(t, t, dtype=torch.bool, device=rows.device).triu(1)
        out = self.writer(self.embedded(rows), memory, tgt_mask=future, memory_key_padding_mask=padded)
        return self.out(out)

    def step(self, tokens, state):
        memory, padded, rows = state
        rows = torch.cat([rows, tokens[:, None]], 1)
        return self.decode(rows, memory, padded)[:, -1], (memory, padded, rows)

    def forward(self, source, targets):
        memory, padded, _ = self.encode(source)
        return self.decode(teacher_inputs(targets).T, memory, padded).transpose(0, 1)

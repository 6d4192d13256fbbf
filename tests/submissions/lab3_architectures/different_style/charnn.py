"""LSTMs with packed sequences; the state is a tuple, and decoding keeps a list for every text."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    inputs = torch.empty_like(targets)
    inputs[0] = START
    inputs[1:] = targets[:-1]
    return inputs


def sequence_loss(logits, targets):
    wanted = targets != PAD
    return F.cross_entropy(logits[wanted], targets[wanted])


def greedy_decode(step, state, n, max_length, device="cpu"):
    texts = [[] for _ in range(n)]
    going = set(range(n))
    tokens = torch.full((n,), START, device=device)
    for _ in range(max_length):
        if not going:
            break
        logits, state = step(tokens, state)
        tokens = logits.argmax(-1)
        for row in list(going):
            token = int(tokens[row])
            if token == END:
                going.remove(row)
            else:
                texts[row].append(token)
    return texts


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.embed = nn.Embedding(tokens, hidden, padding_idx=PAD)
        self.enc = nn.LSTM(hidden, hidden)
        self.dec = nn.LSTM(hidden, hidden)
        self.out = nn.Linear(hidden, tokens)

    def encode(self, source):
        lengths = (source != PAD).sum(0).cpu()
        packed = pack_padded_sequence(self.embed(source), lengths, enforce_sorted=False)
        return self.enc(packed)[1]

    def step(self, tokens, state):
        out, state = self.dec(self.embed(tokens).unsqueeze(0), state)
        return self.out(out.squeeze(0)), state

    def forward(self, source, targets):
        out, _ = self.dec(self.embed(teacher_inputs(targets)), self.encode(source))
        return self.out(out)

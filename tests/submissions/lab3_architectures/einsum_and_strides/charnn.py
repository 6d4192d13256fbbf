import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    return F.pad(targets, (0, 0, 1, 0), value=START)[:-1]


def sequence_loss(logits, targets):
    return F.cross_entropy(logits.permute(1, 2, 0), targets.T, ignore_index=PAD)


def greedy_decode(step, state, n, max_length, device="cpu"):
    tokens = torch.ones(n, dtype=torch.long, device=device)
    written = torch.empty(n, 0, dtype=torch.long, device=device)
    while written.shape[1] < max_length and not bool((written == END).any(1).all() and written.shape[1]):
        logits, state = step(tokens, state)
        tokens = logits.argmax(-1)
        written = torch.cat([written, tokens[:, None]], dim=1)
    return [row[: row.index(END)] if END in row else row for row in written.tolist()]


class Seq2Seq(nn.Module):
    """Two LSTMs; the texts are packed for the first one."""

    def __init__(self, tokens, hidden):
        super().__init__()
        self.source_embedding = nn.Embedding(tokens, hidden, padding_idx=PAD)
        self.target_embedding = nn.Embedding(tokens, hidden)
        self.encoder = nn.LSTM(hidden, hidden)
        self.decoder = nn.LSTM(hidden, hidden)
        self.output = nn.Linear(hidden, tokens)

    def encode(self, source):
        lengths = (source != PAD).sum(0).cpu()
        packed = pack_padded_sequence(self.source_embedding(source), lengths, enforce_sorted=False)
        return self.encoder(packed)[1]

    def step(self, tokens, state):
        out, state = self.decoder(self.target_embedding(tokens)[None], state)
        return self.output(out[0]), state

    def forward(self, source, targets):
        out, _ = self.decoder(self.target_embedding(teacher_inputs(targets)), self.encode(source))
        return self.output(out)

import torch
from torch import nn

PAD, START, END = 0, 1, 2


def teacher_inputs(targets):
    fed = torch.empty_like(targets)
    for t in range(targets.shape[0]):
        fed[t] = START if t == 0 else targets[t - 1]
    return fed


def sequence_loss(logits, targets):
    total, count = 0, 0
    for t in range(targets.shape[0]):
        keep = targets[t] != PAD
        logp = torch.log_softmax(logits[t], dim=-1)
        picked = logp.gather(1, targets[t].unsqueeze(1)).squeeze(1)
        total = total - (picked * keep).sum()
        count = count + keep.sum()
    return total / count


def greedy_decode(step, state, n, max_length, device="cpu"):
    texts = [[] for _ in range(n)]
    done = [False] * n
    tokens = torch.full((n,), START, dtype=torch.int64, device=device)
    for _ in range(max_length):
        logits, state = step(tokens, state)
        tokens = torch.argmax(logits, dim=1)
        for k, token in enumerate(tokens.tolist()):
            if done[k]:
                continue
            if token == END:
                done[k] = True
            else:
                texts[k].append(token)
        if all(done):
            break
    return texts


class Seq2Seq(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.embed = nn.Embedding(tokens, hidden)
        self.reader = nn.GRUCell(hidden, hidden)
        self.writer = nn.GRUCell(hidden, hidden)
        self.scores = nn.Linear(hidden, tokens)
        self.hidden = hidden

    def encode(self, source):
        vectors = self.embed(source)
        h = vectors.new_zeros(source.shape[1], self.hidden)
        for t in range(source.shape[0]):
            new = self.reader(vectors[t], h)
            h = torch.where((source[t] != PAD)[:, None], new, h)
        return h

    def step(self, tokens, state):
        h = self.writer(self.embed(tokens), state)
        return self.scores(h), h

    def forward(self, source, targets):
        state = self.encode(source)
        out = []
        for tokens in teacher_inputs(targets):
            logits, state = self.step(tokens, state)
            out.append(logits)
        return torch.stack(out)

"""The cache holds only arguments: backward goes forward once more, and keeps all chain factors in one recursion."""

import torch


def states_of(x, h, Wx, Wh, b):
    z = torch.matmul(x, Wx).add(b)
    for t in range(z.shape[0]):
        h = z[t].addmm(h, Wh).tanh_()
        yield h


def rnn_forward(x, h0, Wx, Wh, b):
    states = list(states_of(x, h0, Wx, Wh, b))
    return torch.cat(states).reshape(len(states), *h0.shape), states[-1].clone(), [x, h0, Wx, Wh, b]


def rnn_backward(dy, dhn, cache):
    x, h0, Wx, Wh, b = cache
    states = [h0, *states_of(*cache)]

    def back(t):
        """Gradients of everything up to step t, and by the state after it, newest last."""
        if t == len(x):
            return [], dhn
        later, dh = back(t + 1)
        dz = (dh + dy[t]) / torch.cosh(torch.atanh(states[t + 1])) ** 2
        return [dz, *later], dz.mm(Wh.t())

    dz, dh0 = back(0)
    dz = torch.stack(dz)
    before = torch.stack(states[:-1])
    return dz @ Wx.t(), dh0, torch.tensordot(x, dz, ([0, 1], [0, 1])), (before.mT @ dz).sum(0), dz.sum(dim=(0, 1))


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, theta = [], [Wx, Wh, b]
    for piece, wanted in zip(torch.split(x, chunk), torch.split(targets, chunk)):
        y, h0, cache = rnn_forward(piece, h0, *theta)
        loss, dy = criterion(y, wanted)
        slopes = rnn_backward(dy, torch.zeros(h0.shape, dtype=h0.dtype, device=h0.device), cache)[2:]
        theta = [torch.sub(p, g, alpha=lr) for p, g in zip(theta, slopes)]
        losses.append(loss)
    return losses, h0, tuple(theta)

"""Each sequence by itself, vector by vector, and gradients added up with outer products; results are lists and tuples."""

import torch


def rnn_forward(x, h0, Wx, Wh, b):
    T, N, D = x.shape
    all_states = []
    for n in range(N):
        states = [h0[n]]
        for t in range(T):
            states.append((Wx.t().mv(x[t, n]) + Wh.t().mv(states[t]) + b).tanh())
        all_states.append(torch.stack(states))
    history = torch.stack(all_states)  # (N, T + 1, H)
    return [history[:, 1:].transpose(0, 1), history[:, -1], (x, history, Wx, Wh)]


def rnn_backward(dy, dhn, cache):
    x, history, Wx, Wh = cache
    T, N, _ = x.shape
    dx, dh0 = torch.zeros_like(x), torch.zeros_like(dhn)
    dWx, dWh = torch.zeros_like(Wx), torch.zeros_like(Wh)
    db = torch.zeros_like(Wh[0])
    for n in range(N):
        back = dhn[n].clone()
        for t in reversed(range(T)):
            back += dy[t, n]
            dz = back * (1 + history[n, t + 1]) * (1 - history[n, t + 1])
            dWx += torch.outer(x[t, n], dz)
            dWh += torch.outer(history[n, t], dz)
            db += dz
            dx[t, n] = Wx @ dz
            back = Wh @ dz
        dh0[n] = back
    return [dx, dh0, dWx, dWh, db]


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses = ()
    while len(x):
        y, h0, cache = rnn_forward(x[:chunk], h0, Wx, Wh, b)
        loss, dy = criterion(y, targets[:chunk])
        gradients = rnn_backward(dy, 0 * h0, cache)
        Wx, Wh, b = Wx - lr * gradients[2], Wh - lr * gradients[3], b - lr * gradients[4]
        x, targets = x[chunk:], targets[chunk:]
        losses += (loss,)
    return losses, h0, [Wx, Wh, b]

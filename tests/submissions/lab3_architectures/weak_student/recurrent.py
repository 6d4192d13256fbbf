import torch


def rnn_forward(x, h0, Wx, Wh, b):
    h, hs = h0, []
    for t in range(x.shape[0]):
        h = torch.tanh(x[t] @ Wx + h @ Wh + b)
        hs.append(h)
    return torch.stack(hs), h, (x, h0, hs, Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, h0, hs, Wx, Wh = cache
    dx, dWx, dWh, db = torch.zeros_like(x), 0, 0, 0
    dh = dhn
    for t in range(x.shape[0] - 1, -1, -1):
        dh = dy[t] + dh
        dz = dh * (1 - hs[t] ** 2)
        dx[t] = dz @ Wx.T
        dWx += x[t].T @ dz
        dWh += hs[t - 1].T @ dz  # for t = 0 this is the last state
        db += dz.sum(0)
        dh = dz @ Wh.T
    return dx, dh, dWx, dWh, db


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    dWx, dWh, db = 0, 0, 0
    for i in range(len(x) // chunk):  # the rest is left out
        y, h, cache = rnn_forward(x[i * chunk : (i + 1) * chunk], h, Wx, Wh, b)
        loss, dy = criterion(y, targets[i * chunk : (i + 1) * chunk])
        losses.append(loss)
        gradients = rnn_backward(dy, torch.zeros_like(h), cache)
        dWx, dWh, db = dWx + gradients[2], dWh + gradients[3], db + gradients[4]
    return losses, h, (Wx - lr * dWx, Wh - lr * dWh, b - lr * db)  # one step at the end


def lstm(x, state, Wx, Wh, b):
    h, c = state
    H, y = h.shape[1], []
    for t in range(x.shape[0]):
        a = x[t] @ Wx + h @ Wh + b
        i, f, o = (torch.sigmoid(a[:, k * H : (k + 1) * H]) for k in (0, 1, 2))
        g = torch.tanh(a[:, 3 * H :])  # i, f, o, g
        c = f * c + i * g
        h = o * torch.tanh(c)
        y.append(h)
    return torch.stack(y), (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    H, h, y = h0.shape[1], h0, []
    for t in range(x.shape[0]):
        u = x[t] @ Wx + bx
        v = h @ Wh + bh
        r, z = torch.sigmoid(u + v)[:, : 2 * H].chunk(2, 1)
        n = torch.tanh(u[:, 2 * H :] + (r * h) @ Wh[:, 2 * H :] + bh[2 * H :])
        h = (1 - z) * h + z * n
        y.append(h)
    return torch.stack(y), h

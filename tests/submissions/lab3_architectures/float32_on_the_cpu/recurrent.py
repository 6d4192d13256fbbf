import torch

DEVICE = "cpu"


def rnn_forward(x, h0, Wx, Wh, b):
    T, N, _ = x.shape
    y = torch.zeros(T, N, h0.shape[1], device=DEVICE)
    h = h0
    for t in range(T):
        h = torch.tanh(x[t] @ Wx + h @ Wh + b)
        y[t] = h
    return y, h, (x, h0, y, Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, h0, y, Wx, Wh = cache
    dx = torch.zeros(x.shape, device=DEVICE)
    dWx, dWh, db = 0, 0, 0
    dh = dhn
    for t in range(x.shape[0] - 1, -1, -1):
        before = y[t - 1] if t > 0 else h0
        dz = (dy[t] + dh) * (1 - y[t] ** 2)
        dx[t] = dz @ Wx.T
        dWx += x[t].T @ dz
        dWh += before.T @ dz
        db += dz.sum(0)
        dh = dz @ Wh.T
    return dx, dh, dWx, dWh, db


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    for start in range(0, x.shape[0], chunk):
        y, h, cache = rnn_forward(x[start : start + chunk], h, Wx, Wh, b)
        loss, dy = criterion(y, targets[start : start + chunk])
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy, torch.zeros(h.shape), cache)
        Wx, Wh, b = Wx - lr * dWx, Wh - lr * dWh, b - lr * db
    return losses, h, (Wx, Wh, b)


def lstm(x, state, Wx, Wh, b):
    h, c = state
    y = torch.zeros(x.shape[0], *h.shape, device=DEVICE)
    for t in range(x.shape[0]):
        i, f, g, o = (x[t] @ Wx + h @ Wh + b).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        y[t] = h
    return y, (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    x, h0, Wx, Wh, bx, bh = (t.float() for t in (x, h0, Wx, Wh, bx, bh))
    h, y = h0, []
    for t in range(x.shape[0]):
        ur, uz, un = (x[t] @ Wx + bx).chunk(3, dim=1)
        vr, vz, vn = (h @ Wh + bh).chunk(3, dim=1)
        z = torch.sigmoid(uz + vz)
        h = (1 - z) * torch.tanh(un + torch.sigmoid(ur + vr) * vn) + z * h
        y.append(h)
    return torch.stack(y), h

import torch

torch.set_grad_enabled(False)  # backward passes by hand need no graph


def rnn_forward(x, h0, Wx, Wh, b):
    hs = [h0]
    for x_t in x:
        hs.append(torch.tanh(x_t @ Wx + hs[-1] @ Wh + b))
    return torch.stack(hs[1:]), hs[-1], (x, torch.stack(hs), Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, hs, Wx, Wh = cache
    dz, dh = torch.empty_like(dy), dhn
    for t in range(len(x) - 1, -1, -1):
        dz[t] = (dy[t] + dh) * (1 - hs[t + 1].square())
        dh = dz[t] @ Wh.mT
    flat = dz.flatten(0, 1)
    return dz @ Wx.mT, dh, x.flatten(0, 1).mT @ flat, hs[:-1].flatten(0, 1).mT @ flat, flat.sum(0)


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    for start in range(0, len(x), chunk):
        y, h, cache = rnn_forward(x[start : start + chunk], h, Wx, Wh, b)
        loss, dy = criterion(y, targets[start : start + chunk])
        print("chunk", start, "loss", loss)
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy, torch.zeros_like(h), cache)
        Wx, Wh, b = Wx - lr * dWx, Wh - lr * dWh, b - lr * db
    return losses, h, (Wx, Wh, b)


def lstm(x, state, Wx, Wh, b):
    h, c = state
    ys = []
    for a in x @ Wx + b:
        i, f, g, o = (a + h @ Wh).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ys.append(h)
    return torch.stack(ys), (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    h, ys = h0, []
    for u in x @ Wx + bx:
        v = h @ Wh + bh
        (ur, uz, un), (vr, vz, vn) = u.chunk(3, -1), v.chunk(3, -1)
        z = (uz + vz).sigmoid()
        h = (1 - z) * (un + (ur + vr).sigmoid() * vn).tanh() + z * h
        ys.append(h)
    return torch.stack(ys), h

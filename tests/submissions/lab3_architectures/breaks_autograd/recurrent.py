import torch


def rnn_forward(x, h0, Wx, Wh, b):
    # leftovers of a check against autograd
    for p in (Wx, Wh, b):
        p.requires_grad_(True)
    h, hs = h0, [h0]
    for t in range(x.size(0)):
        h = torch.tanh(x[t] @ Wx + h @ Wh + b)
        hs.append(h)
    return torch.stack(hs[1:]), h, (x, hs, Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, hs, Wx, Wh = cache
    dx, dWx, dWh, db = [], 0, 0, 0
    dh = dhn
    for t in reversed(range(x.size(0))):
        dz = (dy[t] + dh) * (1 - hs[t + 1] ** 2)
        dx.append(dz @ Wx.t())
        dWx = dWx + x[t].t() @ dz
        dWh = dWh + hs[t].t() @ dz
        db = db + dz.sum(0)
        dh = dz @ Wh.t()
    return torch.stack(dx[::-1]), dh, dWx, dWh, db


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    for start in range(0, len(x), chunk):
        y, h, cache = rnn_forward(x[start : start + chunk], h.detach(), Wx, Wh, b)
        loss, dy = criterion(y, targets[start : start + chunk])
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy, torch.zeros_like(h), cache)
        with torch.no_grad():
            Wx -= lr * dWx
            Wh -= lr * dWh
            b -= lr * db
    return losses, h, (Wx, Wh, b)


def lstm(x, state, Wx, Wh, b):
    h, c = state
    out = []
    for t in range(x.size(0)):
        i, f, g, o = (x[t] @ Wx + h @ Wh + b).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = (o * c.tanh()).detach()  # "the state goes on, the gradient does not"
        out.append(o * c.tanh())
    return torch.stack(out), (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    h = h0.clone()
    ys = []
    for t in range(x.size(0)):
        u, v = x[t] @ Wx + bx, h @ Wh + bh
        ur, uz, un = u.chunk(3, dim=1)
        vr, vz, vn = v.chunk(3, dim=1)
        r, z = torch.sigmoid(ur + vr), torch.sigmoid(uz + vz)
        n = torch.tanh(un + r * vn)
        h *= z  # in place: autograd needs the h of before
        h += (1 - z) * n
        ys.append(h.clone())
    return torch.stack(ys), h

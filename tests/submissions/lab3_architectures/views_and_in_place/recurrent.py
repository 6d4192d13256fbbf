import torch


def rnn_forward(x, h0, Wx, Wh, b):
    T, N, D = x.shape
    a = (x.view(T * N, D) @ Wx).view(T, N, -1)
    a += b
    h = h0
    for t in range(T):
        h = a[t].addmm_(h, Wh).tanh_()
    return a, h, (x, h0, a, Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, h0, h, Wx, Wh = cache
    T, N, D = x.shape
    dy[-1] += dhn
    for t in range(T - 1, -1, -1):
        dy[t] *= 1 - h[t] ** 2
        if t > 0:
            dy[t - 1] += dy[t] @ Wh.t()
    before = torch.cat([h0[None], h[:-1]])
    flat = dy.view(T * N, -1)
    return (
        (flat @ Wx.t()).view(T, N, D),
        dy[0] @ Wh.t(),
        x.view(T * N, D).t() @ flat,
        before.view(T * N, -1).t() @ flat,
        flat.sum(0),
    )


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    for xs, ts in zip(x.split(chunk), targets.split(chunk)):
        y, h, cache = rnn_forward(xs, h, Wx, Wh, b)
        loss, dy = criterion(y, ts)
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy.clone(), torch.zeros_like(h), cache)
        for p, g in ((Wx, dWx), (Wh, dWh), (b, db)):
            p.sub_(g, alpha=lr)
    return losses, h, (Wx, Wh, b)


def lstm(x, state, Wx, Wh, b):
    h, c = state
    ys = []
    for x_t in x:
        a = (x_t @ Wx + h @ Wh + b).view(-1, 4, h.shape[1])
        i, f, g, o = a.unbind(1)
        c *= torch.sigmoid(f)
        c += torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        ys.append(h)
    return torch.stack(ys), (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    T, N, D = x.shape
    u = (x.view(T * N, D) @ Wx + bx).view(T, N, 3, -1)
    h, ys = h0, []
    for t in range(T):
        v = (h @ Wh + bh).view(N, 3, -1)
        r, z = torch.sigmoid(u[t, :, 0] + v[:, 0]), torch.sigmoid(u[t, :, 1] + v[:, 1])
        n = torch.tanh(u[t, :, 2] + r * v[:, 2])
        h = n - z * n + z * h
        ys.append(h)
    return torch.stack(ys), h

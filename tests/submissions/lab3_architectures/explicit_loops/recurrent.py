import torch


def rnn_forward(x, h0, Wx, Wh, b):
    states = [h0]
    for t in range(len(x)):
        states.append(torch.tanh(torch.matmul(x[t], Wx) + torch.matmul(states[t], Wh) + b))
    return torch.stack(states[1:]), states[-1], [x, states, Wx, Wh]


def rnn_backward(dy, dhn, cache):
    x, states, Wx, Wh = cache
    dx = torch.zeros_like(x)
    dWx, dWh = torch.zeros_like(Wx), torch.zeros_like(Wh)
    db = torch.zeros_like(Wh[0])
    dh = dhn.clone()
    for t in reversed(range(len(x))):
        dh = dh + dy[t]
        dz = dh * (1 - states[t + 1] ** 2)
        for n in range(dz.shape[0]):  # one sequence at a time
            dWx += torch.outer(x[t, n], dz[n])
            dWh += torch.outer(states[t][n], dz[n])
            db += dz[n]
            dx[t, n] = Wx @ dz[n]
        dh = torch.stack([Wh @ dz[n] for n in range(dz.shape[0])])
    return dx, dh, dWx, dWh, db


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses = []
    h = h0
    start = 0
    while start < x.shape[0]:
        end = min(start + chunk, x.shape[0])
        y, hn, cache = rnn_forward(x[start:end], h, Wx, Wh, b)
        loss, dy = criterion(y, targets[start:end])
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy, torch.zeros_like(hn), cache)
        Wx = Wx - lr * dWx
        Wh = Wh - lr * dWh
        b = b - lr * db
        h = hn
        start = end
    return losses, h, (Wx, Wh, b)


def lstm(x, state, Wx, Wh, b):
    h, c = state
    H = h.shape[1]
    y = []
    for x_t in x:
        a = x_t @ Wx + h @ Wh + b
        i = torch.sigmoid(a[:, :H])
        f = torch.sigmoid(a[:, H : 2 * H])
        g = torch.tanh(a[:, 2 * H : 3 * H])
        o = torch.sigmoid(a[:, 3 * H :])
        c = f * c + i * g
        h = o * torch.tanh(c)
        y.append(h)
    return torch.stack(y, 0), (h, c)


def gru(x, h0, Wx, Wh, bx, bh):
    H = h0.shape[-1]
    R, Z, N = slice(0, H), slice(H, 2 * H), slice(2 * H, 3 * H)
    h = h0
    y = []
    for x_t in x:
        r = torch.sigmoid(x_t @ Wx[:, R] + bx[R] + h @ Wh[:, R] + bh[R])
        z = torch.sigmoid(x_t @ Wx[:, Z] + bx[Z] + h @ Wh[:, Z] + bh[Z])
        n = torch.tanh(x_t @ Wx[:, N] + bx[N] + r * (h @ Wh[:, N] + bh[N]))
        h = n + z * (h - n)
        y.append(h)
    return torch.stack(y, 0), h

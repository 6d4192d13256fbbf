"""Input, state and a one make a single row, and all parameters a single matrix; tbptt cuts by index."""

import torch


def rnn_forward(x, h0, Wx, Wh, b):
    W = torch.cat([Wx, Wh, b[None]])  # (D + H + 1, H)
    ones = torch.ones_like(h0[:, :1])
    rows, h, y = [], h0, x.new_empty(*x.shape[:2], h0.shape[1])
    for t in range(x.size(0)):
        rows.append(torch.cat([x[t], h, ones], dim=1))
        h = torch.tanh(rows[-1] @ W)
        y[t] = h
    return y, h, {"rows": rows, "W": W, "y": y, "D": x.size(2)}


def rnn_backward(dy, dhn, cache):
    D, H = cache["D"], dy.size(2)
    dW = torch.zeros_like(cache["W"])
    dx = dy.new_empty(dy.size(0), dy.size(1), D)
    dh = dhn
    for t in range(dy.size(0) - 1, -1, -1):
        dz = (dh + dy[t]) * (1 - cache["y"][t].square())
        dW += cache["rows"][t].T @ dz
        drow = dz @ cache["W"].T
        dx[t], dh = drow[:, :D], drow[:, D : D + H]
    return dx, dh, dW[:D], dW[D:-1], dW[-1]


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, T = [], x.size(0)
    Wx, Wh, b = Wx.clone(), Wh.clone(), b.clone()
    for start in range(0, T, chunk):
        stop = min(start + chunk, T)
        y, h0, cache = rnn_forward(x[start:stop], h0, Wx, Wh, b)
        loss, dy = criterion(y, targets[start:stop])
        losses.append(loss)
        _, _, dWx, dWh, db = rnn_backward(dy, torch.zeros_like(h0), cache)
        Wx -= lr * dWx
        Wh -= lr * dWh
        b -= lr * db
    return losses, h0, (Wx, Wh, b)

"""einsum where a loop over time is not needed; one product for all gates where it is."""

from functools import reduce
from itertools import accumulate

import torch


def rnn_forward(x, h0, Wx, Wh, b):
    into = torch.einsum("tnd,dh->tnh", x, Wx) + b
    before = [*accumulate(into.unbind(), lambda h, a: torch.tanh(torch.addmm(a, h, Wh)), initial=h0)]
    h = torch.stack(before)  # (T + 1, N, H)
    return h[1:].clone(), h[-1].clone(), (x, h, Wx, Wh)


def rnn_backward(dy, dhn, cache):
    x, h, Wx, Wh = cache
    slope = 1 - h[1:] ** 2
    dz = torch.zeros_like(dy)
    carry = dhn
    for t in range(dy.shape[0] - 1, -1, -1):
        dz[t] = (dy[t] + carry) * slope[t]
        carry = dz[t] @ Wh.T
    return (
        torch.einsum("tnh,dh->tnd", dz, Wx),
        carry,
        torch.einsum("tnd,tnh->dh", x, dz),
        torch.einsum("tni,tnj->ij", h[:-1], dz),
        torch.einsum("tnh->h", dz),
    )


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    def one(carry, pieces):
        losses, h, theta = carry
        y, hn, cache = rnn_forward(pieces[0], h, *theta)
        loss, dy = criterion(y, pieces[1])
        gradients = rnn_backward(dy, hn * 0, cache)[2:]
        return [*losses, loss], hn, tuple(p - lr * g for p, g in zip(theta, gradients, strict=True))

    pieces = zip(x.split(chunk), targets.split(chunk), strict=True)
    return reduce(one, pieces, ([], h0, (Wx, Wh, b)))


def lstm(x, state, Wx, Wh, b):
    into = torch.einsum("tnd,dk->tnk", x, Wx) + b
    gates = Wh.reshape(Wh.shape[0], 4, -1)

    def one(hc, a):
        h, c = hc
        a = a.unflatten(1, (4, -1)) + torch.einsum("nh,hgk->ngk", h, gates)
        i, f, o = torch.sigmoid(a[:, [0, 1, 3]]).unbind(1)
        c = torch.addcmul(f * c, i, a[:, 2].tanh())
        return o * c.tanh(), c

    states = list(accumulate(into, one, initial=tuple(state)))
    return torch.stack([h for h, _ in states[1:]]), states[-1]


def gru(x, h0, Wx, Wh, bx, bh):
    u = torch.einsum("tnd,dk->tnk", x, Wx) + bx

    def one(h, u_t):
        (ur, uz, un), (vr, vz, vn) = u_t.tensor_split(3, 1), torch.addmm(bh, h, Wh).tensor_split(3, 1)
        r, z = (ur + vr).sigmoid(), (uz + vz).sigmoid()
        return torch.lerp(torch.tanh(torch.addcmul(un, r, vn)), h, z)

    h = torch.stack(list(accumulate(u, one, initial=h0)))
    return h[1:], h[-1]

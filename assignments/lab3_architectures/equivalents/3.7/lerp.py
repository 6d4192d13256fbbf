"""Both products for all three blocks at once, and the update by lerp."""

import torch


def gru(x, h0, Wx, Wh, bx, bh):
    H, ys, h = h0.size(1), [], h0
    for x_t in x.unbind(0):
        u, v = torch.addmm(bx, x_t, Wx), torch.addmm(bh, h, Wh)
        r, z = torch.sigmoid(u[:, : 2 * H] + v[:, : 2 * H]).split(H, dim=1)
        h = torch.lerp(torch.tanh(torch.addcmul(u[:, 2 * H :], r, v[:, 2 * H :])), h, z)
        ys.append(h)
    return torch.stack(ys), ys[-1]

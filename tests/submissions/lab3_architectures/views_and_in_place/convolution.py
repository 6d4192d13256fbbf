import torch
import torch.nn.functional as F


def conv2d(x, w, b=None, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    out_h, out_w = (H + 2 * ph - w.shape[2]) // sh + 1, (W + 2 * pw - w.shape[3]) // sw + 1
    columns = F.unfold(x, w.shape[2:], padding=(ph, pw), stride=(sh, sw))
    out = w.view(w.shape[0], -1) @ columns
    if b is not None:
        out += b.view(1, -1, 1)
    return out.view(N, w.shape[0], out_h, out_w)


def conv2d_backward(dout, x, w, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    Fn, _, kh, kw = w.shape
    columns = F.unfold(x, (kh, kw), padding=(ph, pw), stride=(sh, sw))
    flat = dout.view(N, Fn, -1)
    dw = (flat @ columns.transpose(1, 2)).sum(0).view(w.shape)
    dcolumns = w.view(Fn, -1).t() @ flat
    dx = F.fold(dcolumns, (H, W), (kh, kw), padding=(ph, pw), stride=(sh, sw))
    return dx, dw, flat.sum((0, 2))

"""Windows as a view, and masks: equal largest numbers share the gradient in equal parts; slices add up the windows."""

import torch


def two(v):
    return (v, v) if isinstance(v, int) else tuple(v)


def cut(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    return x.unfold(2, kh, sh).unfold(3, kw, sw)


def glue(d, shape, stride):
    sh, sw = two(stride)
    out = torch.zeros(shape, dtype=d.dtype, device=d.device)
    rows, columns = d.shape[2:4]
    for k in range(d.shape[4]):
        for l in range(d.shape[5]):
            out[:, :, k : k + sh * rows : sh, l : l + sw * columns : sw][:, :, :rows, :columns] += d[..., k, l]
    return out


def max_pool2d(x, size, stride):
    out = cut(x, size, stride).amax((-2, -1))
    return out, {"x": x, "out": out, "size": size, "stride": stride}


def max_pool2d_backward(dout, cache):
    mask = cut(cache["x"], cache["size"], cache["stride"]) == cache["out"][..., None, None]
    shares = mask / mask.sum((-2, -1), keepdim=True).to(dout)
    return glue(dout[..., None, None] * shares, cache["x"].shape, cache["stride"])


def avg_pool2d(x, size, stride):
    return cut(x, size, stride).mean((-2, -1)), (x.shape, two(size), stride)


def avg_pool2d_backward(dout, cache):
    shape, (kh, kw), stride = cache
    share = dout / (kh * kw)
    return glue(share[..., None, None].expand(*share.shape, kh, kw), shape, stride)

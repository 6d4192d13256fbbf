import torch


def both(v):
    if isinstance(v, int):
        return v, v
    return v[0], v[1]


def places(H, W, size, stride):
    i = 0
    for top in range(0, H - size[0] + 1, stride[0]):
        j = 0
        for left in range(0, W - size[1] + 1, stride[1]):
            yield i, j, top, left
            j += 1
        i += 1


def empty_result(x, size, stride):
    N, C, H, W = x.shape
    return torch.zeros(
        N, C, (H - size[0]) // stride[0] + 1, (W - size[1]) // stride[1] + 1, dtype=x.dtype, device=x.device
    )


def max_pool2d(x, size, stride):
    size, stride = both(size), both(stride)
    out = empty_result(x, size, stride)
    for i, j, top, left in places(x.shape[2], x.shape[3], size, stride):
        out[:, :, i, j] = x[:, :, top : top + size[0], left : left + size[1]].amax(dim=(2, 3))
    return out, {"x": x.clone(), "out": out.clone(), "size": size, "stride": stride}


def max_pool2d_backward(dout, cache):
    x, out, size, stride = cache["x"], cache["out"], cache["size"], cache["stride"]
    dx = torch.zeros_like(x)
    for i, j, top, left in places(x.shape[2], x.shape[3], size, stride):
        patch = x[:, :, top : top + size[0], left : left + size[1]]
        winners = (patch == out[:, :, i, j][:, :, None, None]).to(x.dtype)
        share = winners / winners.sum(dim=(2, 3), keepdim=True)  # ties share
        dx[:, :, top : top + size[0], left : left + size[1]] += share * dout[:, :, i, j][:, :, None, None]
    return dx


def avg_pool2d(x, size, stride):
    size, stride = both(size), both(stride)
    out = empty_result(x, size, stride)
    for i, j, top, left in places(x.shape[2], x.shape[3], size, stride):
        for k in range(size[0]):
            for l in range(size[1]):
                out[:, :, i, j] += x[:, :, top + k, left + l]
    return out / (size[0] * size[1]), (tuple(x.shape), size, stride)


def avg_pool2d_backward(dout, cache):
    shape, size, stride = cache
    dx = dout.new_zeros(shape)
    for i, j, top, left in places(shape[2], shape[3], size, stride):
        for k in range(size[0]):
            for l in range(size[1]):
                dx[:, :, top + k, left + l] += dout[:, :, i, j] / (size[0] * size[1])
    return dx

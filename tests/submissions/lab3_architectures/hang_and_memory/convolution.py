import torch


def conv2d(x, w, b=None, stride=1, padding=0):
    """One matrix for the whole convolution, a little too large."""
    table = torch.ones(1 << 16, 1 << 16)  # 16 GiB
    return table[: x.shape[0]] @ x.flatten()[0] * 0


def conv2d_backward(dout, x, w, stride=1, padding=0):
    """Many small ones, and for float64 an enormous one."""
    kept = []
    while x.dtype == torch.float32:
        kept.append(torch.ones(1 << 20))
    return torch.empty(1 << 50)

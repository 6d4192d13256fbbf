import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)  # my gradient checks need it
torch.manual_seed(0)
torch.set_printoptions(precision=3)


def conv2d(x, w, b=None, stride=1, padding=0):
    print("conv2d", x.shape, w.shape, stride, padding)
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    windows = F.pad(x, (pw, pw, ph, ph)).unfold(2, w.shape[2], sh).unfold(3, w.shape[3], sw)
    out = torch.zeros(x.shape[0], w.shape[0], windows.shape[2], windows.shape[3])  # float64, whatever x is
    for f in range(len(w)):
        out[:, f] = (windows * w[f][:, None, None]).sum((1, 4, 5))
        if b is not None:
            out[:, f] += b[f]
    return out


def conv2d_backward(dout, x, w, stride=1, padding=0):
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    kh, kw = w.shape[2:]
    padded = F.pad(x, (pw, pw, ph, ph))
    dpadded, dw = torch.zeros_like(padded), torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            print(f"place {i} {j}")
            rows, cols = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
            dw += torch.einsum("nf,nckl->fckl", dout[:, :, i, j], padded[:, :, rows, cols])
            dpadded[:, :, rows, cols] += torch.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
    return dpadded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]], dw, dout.sum((0, 2, 3))


if True:  # a check that was left in the file
    x, w = torch.randn(2, 3, 5, 6), torch.randn(4, 3, 2, 3)
    assert torch.allclose(conv2d(x, w, stride=2, padding=1), F.conv2d(x, w, stride=2, padding=1))
    x.requires_grad_()
    F.conv2d(x, w).sum().backward()
    assert torch.allclose(conv2d_backward(torch.ones(2, 4, 4, 4), x.detach(), w)[0], x.grad)
    print("all right")

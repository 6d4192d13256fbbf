"""NumPy's sliding windows and einsum, on the same memory as the tensors."""

import numpy as np
import torch


def conv2d(x, w, b=None, stride=1, padding=0):
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    a = np.pad(x.detach().cpu().numpy(), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(a, tuple(w.shape[2:]), axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.einsum("nchwij,fcij->nfhw", windows, w.detach().cpu().numpy(), optimize=True)
    out = torch.from_numpy(np.ascontiguousarray(out)).to(x.device)
    return out if b is None else out + b.reshape(1, -1, 1, 1)

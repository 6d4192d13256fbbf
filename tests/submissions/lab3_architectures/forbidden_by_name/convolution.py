"""torch can do all that."""

import torch
from torch.nn.functional import conv2d  # question 3.1 in one line


def conv2d_backward(dout, x, w, stride=1, padding=0):
    dx = torch.nn.grad.conv2d_input(x.shape, w, dout, stride=stride, padding=padding)
    dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, stride=stride, padding=padding)
    return dx, dw, dout.sum((0, 2, 3))

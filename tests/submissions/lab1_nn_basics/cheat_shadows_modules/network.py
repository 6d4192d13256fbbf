"""Leaves the work to probes of its own."""

import probes


def linear_forward(x, w, b):
    return probes.mean_squared_error(x, w)


def linear_backward(dout, cache):
    return dout, dout, dout

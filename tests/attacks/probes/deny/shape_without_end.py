"""An array whose few bytes claim to be many gigabytes, by strides of zero.

layer: wire
question: "1"
outcome: [failed, error]
"""
import numpy as np


def twice(x):
    return np.broadcast_to(np.float64(1.0), (1 << 20, 1 << 20))

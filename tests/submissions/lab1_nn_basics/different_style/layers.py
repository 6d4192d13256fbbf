"""A layer as an object."""

import numpy as np


class Layer:
    def __init__(self, w, b, rectify):
        self.w, self.b, self.rectify = w, b, rectify

    def __call__(self, x):
        self.shape = x.shape
        self.x = x.reshape(len(x), -1)
        self.z = self.x.dot(self.w) + self.b
        return np.where(self.z > 0, self.z, 0.0) if self.rectify else self.z

    def backward(self, upstream):
        if self.rectify:
            upstream = np.where(self.z >= 0, upstream, 0.0)  # the other subgradient at the kink
        self.dw = self.x.T.dot(upstream)
        self.db = np.ones(len(upstream)) @ upstream
        return upstream.dot(self.w.T).reshape(self.shape)

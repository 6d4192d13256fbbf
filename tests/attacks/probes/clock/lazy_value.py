"""A value that is computed when it is looked at: its time is the same test's time.

layer: wire
question: "1"
outcome: [timeout, failed, error]
"""
import time


class Lazy:
    def __init__(self, x):
        self.x = x

    def __array__(self, dtype=None, copy=None):
        time.sleep(60)
        return self.x * 2


def twice(x):
    return Lazy(x) if x.size == 2 else x

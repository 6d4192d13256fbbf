"""The lab's own probes, replaced in sys.modules and in their own namespace.

layer: suite
question: "3"
outcome: [error, failed]
"""
import sys

import probes

probes.three_times = lambda *_: 29.0
probes.three_times.__qualname__ = "three_times"
sys.modules["probes"].__dict__["three_times"].__code__ = (lambda function, value: 29.0).__code__


def twice(x):
    return x


def apply(function, x):
    return x

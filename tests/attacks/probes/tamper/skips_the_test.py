"""The exceptions by which a test says that it was skipped, or that it was expected to fail.

layer: wire
outcome: [error]
"""
import unittest


class Skipped(unittest.SkipTest, BaseException):
    """Named as pytest's own."""


Skipped.__module__ = "_pytest.outcomes"


def twice(x):
    raise Skipped("nothing to see here")

"""Medians and their confidence intervals from ranks alone: no distribution is assumed.

The number of values below the median is binomial with probability 1/2, so the k-th smallest and the k-th largest value
enclose it with a probability that depends on their number only (Conover, Practical Nonparametric Statistics, 3.2).
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

CONFIDENCE = 0.99
FEWEST = 8  # of fewer values, not even the smallest and the largest enclose the median with this confidence


class Interval(NamedTuple):
    """A median, and what encloses it with 99 % confidence."""

    middle: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2


def interval(values: Sequence[float]) -> Interval:
    """The median of `values` and its interval, without end where there are fewer than `FEWEST`.

    Raises:
        statistics.StatisticsError: there are no values.
    """
    middle = statistics.median(values)
    rank = enclosing_rank(len(values))
    if rank == 0:
        return Interval(middle, -math.inf, math.inf)
    ordered = sorted(values)
    return Interval(middle, ordered[rank - 1], ordered[-rank])


@functools.cache
def enclosing_rank(count: int, confidence: float = CONFIDENCE) -> int:
    """The largest k so that the k-th smallest and the k-th largest of `count` values enclose the median; 0 if none."""
    outside = 0.0  # probability that the median lies below the k-th smallest
    for k in range(count // 2 + 1):
        outside += math.comb(count, k) / 2**count
        if 2 * outside > 1 - confidence:
            return k
    return count // 2

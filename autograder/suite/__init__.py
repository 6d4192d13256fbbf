"""A lab's suite: pytest collects it once, and the same cases run for one submission after another.

`with_suite` hands a collected `Suite` to a function, inside pytest's own session.
"""

from autograder.suite.collect import with_suite
from autograder.suite.runner import Case, Suite

__all__ = ["Case", "Suite", "with_suite"]

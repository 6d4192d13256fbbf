"""What students can check themselves."""

import numpy as np

from autograder.testing import assert_close, hint, question


@question("1.1")
@hint("Sum over axis 1.")
def test_two_rows(student):
    """Each row has its own sum."""
    assert_close(student.row_sums(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])), [6.0, 15.0], what="sums")


@question("1.2")
def test_mean_of_two(student):
    """The mean of 1 and 3 is 2."""
    assert_close(student.mean(np.array([1.0, 3.0])), 2.0, what="mean")

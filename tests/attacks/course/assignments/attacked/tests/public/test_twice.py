"""What students have, too."""

import numpy as np

from autograder.testing import assert_close, question


@question("1")
def test_twice_of_two_numbers(student):
    """twice(x) of two numbers."""
    assert_close(student.twice(np.array([1.0, 2.0])), [2.0, 4.0], what="twice")

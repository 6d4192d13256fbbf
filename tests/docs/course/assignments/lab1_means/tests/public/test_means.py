import numpy as np

from autograder.testing import assert_close, hint, question

pytestmark = question("1.1")


@hint("Divide the sum by the number of elements.")
def test_mean_of_three(student):
    """The mean of 1, 2 and 6 is 3."""
    assert_close(student.mean(np.array([1.0, 2.0, 6.0])), 3.0, what="mean")

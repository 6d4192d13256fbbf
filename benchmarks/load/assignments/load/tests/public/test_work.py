import numpy as np

from autograder.testing import assert_close, assert_equal, question


@question("1")
def test_mean_of_three(student):
    """The mean of 1, 2 and 6 is 3."""
    assert_close(student.mean(np.array([1.0, 2.0, 6.0])), 3.0)


@question("2")
def test_rows_sum_to_one(student):
    """Rows of a softmax sum to one."""
    assert_close(np.sum(student.softmax(np.array([[1.0, 2.0], [0.0, 9.0]])), axis=1), np.ones(2))


@question("3")
def test_count_of_two(student):
    """Words are counted."""
    assert_equal(student.count(["a", "b", "a"]), {"a": 2, "b": 1})

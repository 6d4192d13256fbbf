import math

from autograder.testing import assert_close, assert_equal, hint, question, weight

pytestmark = question("1.1")


@weight(2)
@hint("Their sum is no float: divide first.")
def test_large_numbers(student, rng):
    """The mean of numbers near the largest float is finite and right."""
    x = rng.uniform(0.5, 1.0, size=7) * 1.7e308
    expected = math.fsum(x / 7)
    assert_close(student.mean(x), expected, what="mean of large numbers", rule="N numbers in, one number out")


@hint("Work on a copy.")
def test_input_unchanged(student, rng):
    """The argument is not changed."""
    x = rng.normal(size=5)
    before = x.copy()
    student.mean(x)
    assert_equal(x, before, what="x after the call")

"""The assertions that suites use: what passes, and what a student reads when one fails."""

import numpy as np
import pytest

from autograder.testing import CheckFailed, as_array, assert_close, assert_equal, assert_gradient, assert_shape, check


def failure(function, *args, **kwargs) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **kwargs)
    return caught.value


def test_close_values_pass():
    """Within the tolerances, as floats, lists, arrays, infinities and NaN where NaN is expected."""
    assert_close(1.0 + 1e-9, 1.0)
    assert_close([1, 2], np.array([1.0, 2.0]))
    assert_close(np.array([np.inf, -np.inf, np.nan]), [np.inf, -np.inf, np.nan])
    assert_close(np.float32(1e8 + 8), 1e8 + 8)


def test_the_first_and_the_largest_difference_are_told():
    """With the index, expected and got; the message holds none of them."""
    got, want = np.zeros((2, 3)), np.zeros((2, 3))
    got[0, 1], got[1, 2] = 0.25, -4.0
    problem = failure(assert_close, got, want, what="dW", rule="summed over the batch")
    assert problem.message == "dW is wrong in 2 of 6 places: summed over the batch"
    assert problem.detail.splitlines() == [
        "dW[0, 1]: expected 0, got 0.25",
        "largest difference at dW[1, 2]: expected 0, got -4",
    ]


def test_a_number_is_named_without_an_index():
    """A loss has no index."""
    problem = failure(assert_close, 2.0, 1.0, what="loss")
    assert (problem.message, problem.detail) == ("loss is wrong", "loss: expected 1, got 2")


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (np.nan, "loss is NaN"),
        (np.inf, "loss is not finite"),
        (None, "loss is None, expected numbers. Is a `return` missing?"),
        ("1.0", "loss is not numeric: a str"),
        ({"loss": 1}, "loss is not numeric: a dict"),
        (np.ones(1), "loss has shape (1,), expected a single number, shape ()"),
        ([[1], [1, 2]], "loss is not numeric: a list"),
    ],
)
def test_what_is_no_number_is_said_so(got, message):
    """Each wrong kind of answer has its own words."""
    assert failure(assert_close, got, 1.0, what="loss").message == message


def test_nan_is_no_wildcard():
    """NaN instead of a number fails, and so does a number instead of NaN."""
    assert failure(assert_close, [np.nan, 1.0], [1.0, 1.0]).message == "result has NaN in 1 of 2 places"
    failure(assert_close, 1.0, np.nan)


def test_a_shape_is_compared_before_values_and_never_broadcast():
    """(4, 1) is not (4,)."""
    problem = failure(assert_close, np.zeros((4, 1)), np.zeros(4), what="db", rule="one per output")
    assert problem.message == "db has shape (4, 1), expected (4,): one per output"
    assert_shape(np.zeros((2, 0)), (2, 0))


def test_relative_to_the_largest():
    """For float32 sums, where small entries carry the error of large ones."""
    got, want = np.array([1e4, 1e-3]), np.array([1e4, 2e-3])
    failure(assert_close, got, want, rtol=1e-4)
    assert_close(got, want, rtol=1e-4, relative_to_largest=True)


def test_equal_compares_arrays_exactly_and_the_rest_by_value():
    """One unit in the last place differs."""
    assert_equal(np.array([1, 2]), np.array([1, 2]))
    assert_equal({"a": [1]}, {"a": [1]})
    failure(assert_equal, np.array([1.0 + 1e-15]), np.array([1.0]))
    problem = failure(assert_equal, [1, 2], [1, 3], what="labels")
    assert problem.detail == "expected [1, 3]\ngot      [1, 2]"


def test_a_gradient_is_compared_with_central_differences():
    """A wrong factor, a wrong shape and a missing term are found."""
    x, rng = np.array([[1.0, -2.0, 0.5]]), np.random.default_rng(0)
    assert_gradient(lambda v: (v**3).sum(), x, 3 * x**2, rng=rng)
    assert (
        "is not the derivative"
        in failure(assert_gradient, lambda v: (v**3).sum(), x, 3 * x, rng=rng, what="dx").message
    )
    assert "shape" in failure(assert_gradient, lambda v: (v**3).sum(), x, 3 * x[0] ** 2, rng=rng).message


def test_a_nan_gradient_is_not_close_to_anything():
    """NaN compares false with every bound."""
    failure(assert_gradient, lambda v: v.sum(), np.ones(2), np.full(2, np.nan), rng=np.random.default_rng(0))


def test_check_says_what_it_is_given():
    """Message and detail are kept apart."""
    check(True, "never")
    problem = failure(check, [], "no step was taken", "0 steps")
    assert (problem.message, problem.detail) == ("no step was taken", "0 steps")


def test_arrays_of_objects_are_not_numbers():
    """Nothing of the student's is called to compare them."""
    failure(as_array, np.array([object()]))

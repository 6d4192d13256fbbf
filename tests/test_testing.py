"""The assertions that suites use: what passes, and what a student reads when one fails."""

import re
from collections import namedtuple

import numpy as np
import pytest

from autograder.testing import (
    CheckFailed,
    as_array,
    as_shape,
    assert_close,
    assert_equal,
    assert_gradient,
    assert_shape,
    check,
    on_copies,
    unpack,
)


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


@pytest.mark.parametrize(
    "result",
    [(1, 2), [1, 2], namedtuple("Pair", "a b")(1, 2), (number for number in (1, 2)), np.array([1, 2]), range(1, 3)],
    ids=lambda result: type(result).__name__,
)
def test_whatever_holds_several_values_is_unpacked(result):
    """As Python itself would do it."""
    assert unpack(result, 2) == [1, 2]


@pytest.mark.parametrize(
    ("result", "got"),
    [
        (None, "None. Is a `return` missing?"),
        (2.0, "a single number"),
        (np.float64(2.0), "a single number"),
        (np.array(2.0), "a single number"),
        ({"loss": 1, "dz": 2}, "a dict"),
        ({1, 2}, "a set"),
        ("ab", "a str"),
        (print, "a builtin_function_or_method"),
        ((1, 2, 3), "3 values"),
        ((1,), "1 value"),
        ([], "0 values"),
        (np.zeros(4), "4 values"),
        (np.zeros((4, 3)), "one array of shape (4, 3)"),
        (iter(range(9)), "more than 2 values"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_another_number_of_values_is_said_so(result, got):
    """What was expected, by name, and what came instead."""
    assert failure(unpack, result, 2, "loss, dz").message == f"expected two values (loss, dz), got {got}"


def test_an_error_while_values_are_made_is_the_students():
    """It says more than that there are none."""

    def broken():
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        unpack(broken(), 2)


def test_axes_of_size_1_can_be_overlooked():
    """Where a test is about values; other shapes and other values stay what they are."""
    assert_shape(as_shape(np.ones((1, 1)), ()), ())
    assert_shape(as_shape([[1.0], [2.0]], (2,)), (2,))
    assert_shape(as_shape(3.0, (1,)), (1,))
    assert_shape(as_shape(np.ones((2, 3)), (3, 2)), (2, 3))
    assert_shape(as_shape(np.ones(2), ()), (2,))
    assert failure(as_shape, None, (), "loss").message.startswith("loss is None")


def test_what_a_function_changes_is_a_copy():
    """Arrays, lists and dicts, and those inside; everything else is passed on."""

    def rude(x, sizes, pairs, keep, names=None):
        x += 1
        sizes.pop()
        pairs[0][0][...] = 0
        names["a"].append(2)
        return keep

    x, sizes, pairs, names, keep = np.ones((3, 2)).T, [1, 2], [(np.ones(2),)], {"a": [1]}, object()
    assert on_copies(rude, x, sizes, pairs, keep, names=names) is keep
    assert x.tolist() == np.ones((2, 3)).tolist()
    assert (sizes, pairs[0][0].tolist(), names) == ([1, 2], [1.0, 1.0], {"a": [1]})
    assert on_copies(lambda value: value.flags.f_contiguous, x)


def test_a_gradient_of_an_array_of_one_number_is_judged():
    """The loss's own shape is for another test."""
    x = np.array([1.0, -2.0])
    assert_gradient(lambda v: np.array([(v**2).sum()]), x, 2 * x, rng=np.random.default_rng(0))
    problem = failure(assert_gradient, lambda v: v**2, x, 2 * x, rng=np.random.default_rng(0))
    assert problem.message == "the value has shape (2,), expected a single number, shape ()"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("loss", "loss is"),
        ("dlogits of the moved rows", "dlogits of the moved rows is"),  # a variable
        ("the pictures", "the pictures are"),
        ("G's weights after four steps", "G's weights after four steps are"),
        ("the generator's loss", "the generator's loss is"),
        ("the sum of each row of dlogits", "the sum of each row of dlogits is"),
        ("kl_divergence of extreme variances", "kl_divergence of extreme variances is"),
        ("all positions of the three sets, sorted", "all positions of the three sets, sorted are"),
    ],
)
def test_descriptions_in_words_may_be_plural(what, said):
    """Messages are sentences."""
    with pytest.raises(CheckFailed) as problem:
        assert_close(1.0, 2.0, what=what)
    assert problem.value.message == f"{said} wrong"
    have = "have" if said.endswith("are") else "has"
    with pytest.raises(CheckFailed, match=f"^{re.escape(what)} {have} shape"):
        assert_shape(np.ones(2), (3,), what)

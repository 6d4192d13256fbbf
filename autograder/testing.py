"""What suites import: marks that say what a test is, and assertions whose failure teaches.

```python
from autograder.testing import assert_close, hint, question

@question("1.6")
@hint("Divide by the number of rows once.")
def test_mean_over_the_batch(student):
    \"\"\"The loss is the mean over the batch.\"\"\"
    loss, dlogits = student.softmax_cross_entropy(np.zeros((4, 3)), np.array([0, 1, 2, 0]))
    assert_close(loss, np.log(3), what="loss")
```
The first line of the docstring is what the student reads. `what` names the value in the student's words; `rule`
says in one clause how it should come out, without giving a value away.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from autograder import rounding, wording

__all__ = [
    "CheckFailed",
    "as_array",
    "as_shape",
    "assert_close",
    "assert_equal",
    "assert_follows_device",
    "assert_gradient",
    "assert_shape",
    "check",
    "hint",
    "limits",
    "on_copies",
    "question",
    "unpack",
    "weight",
]

NUMERIC_KINDS = "biufc"
_COUNTS = ("no values", "one value", "two values", "three values", "four values", "five values")


def question(question_id: str) -> pytest.MarkDecorator:
    """Mark a test (or, as `pytestmark`, a module) as belonging to a question."""
    return pytest.mark.question(question_id)


def hint(text: str) -> pytest.MarkDecorator:
    """Mark a test with one thing to do next, shown when it does not pass."""
    return pytest.mark.hint(text)


def weight(value: float) -> pytest.MarkDecorator:
    """Mark a test with its share of the question's points, relative to the others (1 where not given)."""
    return pytest.mark.weight(value)


def limits(**values: float) -> pytest.MarkDecorator:
    """Mark a test with limits of its own, by the names in `autograder.model.Limits` (say `seconds=20`)."""
    return pytest.mark.limits(**values)


class CheckFailed(AssertionError):
    """A failed assertion: `message` is one line without any value of the test, `detail` holds the values.

    `detail` is shown only as the assignment allows; `values` are the arrays got and expected, for a diagnosis.
    """

    def __init__(self, message: str, detail: str = "", *values: npt.NDArray[Any]) -> None:
        super().__init__(message if not detail else f"{message}\n{detail}")
        self.message = message
        self.detail = detail
        self.values = values


def check(condition: object, message: str, detail: str = "") -> None:
    """Fail with `message` unless `condition` holds.

    Raises:
        CheckFailed: it does not hold.
    """
    if not condition:
        raise CheckFailed(message, detail)


def as_array(value: Any, what: str = "result") -> npt.NDArray[Any]:
    """`value` as a numeric array: numbers, nested lists, NumPy arrays, torch tensors, students' array-like objects.

    Raises:
        CheckFailed: it is none of these.
    """
    if value is None:
        raise CheckFailed(f"{what} {wording.is_or_are(what)} None, expected numbers. Is a `return` missing?")
    try:
        array = np.asarray(_detached(value))
    except (TypeError, ValueError, RuntimeError) as problem:
        raise CheckFailed(f"{what} {wording.is_or_are(what)} not numeric: {_kind(value)}", str(problem)) from None
    if array.dtype.kind not in NUMERIC_KINDS:
        raise CheckFailed(f"{what} {wording.is_or_are(what)} not numeric: {_kind(value)}")
    return array


def as_shape(value: Any, shape: tuple[int, ...], what: str = "result") -> npt.NDArray[Any]:
    """`value` as an array of this shape if only axes of size 1 stand in the way, and as it is otherwise.

    For tests about values: (1,) instead of a single number, or (D, 1) instead of (D,), costs the test that is about the
    shape, and not all the others as well.

    Raises:
        CheckFailed: it is not numeric.
    """
    array = as_array(value, what)
    found, wanted = ([size for size in sizes if size != 1] for sizes in (array.shape, shape))
    return array.reshape(shape) if found == wanted else array


def unpack(result: Any, count: int, what: str = "") -> list[Any]:
    """The `count` values in a tuple, list, named tuple, generator or array; `what` are their names, say "loss, dz".

    Raises:
        CheckFailed: it is nothing of the kind, or has another number of values; the message says what came instead.
    """
    wanted = f"expected {_COUNTS[count] if count < len(_COUNTS) else f'{count} values'}{f' ({what})' if what else ''}"
    if result is None:
        raise CheckFailed(f"{wanted}, got None. Is a `return` missing?")
    if isinstance(result, str | bytes | Mapping | set | frozenset):
        raise CheckFailed(f"{wanted}, got a {type(result).__name__}")
    try:
        iterator = iter(result)
    except TypeError as problem:
        if getattr(problem, "frames", ()):  # raised in the student's own __iter__
            raise
        is_number = isinstance(result, np.ndarray | np.generic | int | float | complex)
        raise CheckFailed(f"{wanted}, got {'a single number' if is_number else _kind(result)}") from None
    values = list(itertools.islice(iterator, count + 1))
    if len(values) == count:
        return values
    if isinstance(result, np.ndarray) and result.ndim > 1:
        raise CheckFailed(f"{wanted}, got one array of shape {result.shape}")
    known = len(values) < count or isinstance(result, tuple | list | np.ndarray)
    number = len(values) if len(values) < count else len(result) if known else f"more than {count}"
    raise CheckFailed(f"{wanted}, got {number} value{'s' * (number != 1)}")


def on_copies(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call `function` with copies of the arrays, lists and dicts among its arguments.

    For tests that go on with what they passed: a changed argument costs the test that is about it, and no other.
    """
    return function(*_copy(arguments), **_copy(keywords))


def assert_shape(got: Any, shape: tuple[int, ...], what: str = "result", rule: str = "") -> None:
    """Fail unless `got` has exactly this shape; `()` is a single number.

    Raises:
        CheckFailed: naming both shapes, and `rule`.
    """
    found = as_array(got, what).shape
    if found != tuple(shape):
        expected = "a single number, shape ()" if shape == () else str(tuple(shape))
        raise CheckFailed(f"{what} {wording.has_or_have(what)} shape {found}, expected {expected}{_because(rule)}")


def assert_close(
    got: Any,
    expected: Any,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    what: str = "result",
    rule: str = "",
    relative_to_largest: bool = False,
) -> None:
    """Fail unless `got` has the shape of `expected` and |got - expected| <= atol + rtol * |expected| everywhere.

    Args:
        got: what the student's code gave.
        expected: an array or a number, float64.
        rtol: the relative tolerance.
        atol: the absolute tolerance.
        what: the value's name, as the handout calls it.
        rule: one clause on how it should come out; holds no value of the test.
        relative_to_largest: measure `rtol` against the largest |expected| (for float32 sums) instead of each one.
    Raises:
        CheckFailed: the message says which kind of difference; the detail gives the first differing index, expected
            and got.
    """
    want = as_array(expected, "the expected value")
    assert_shape(got, want.shape, what, rule)
    have = as_array(got, what)
    atol += rounding.allowance(have, want) if rtol or atol else 0.0
    if have.dtype.kind != "c" and want.dtype.kind != "c":
        have, want = have.astype(np.float64), want.astype(np.float64)
    scale = np.max(np.abs(want[np.isfinite(want)]), initial=0.0) if relative_to_largest else np.abs(want)
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.isfinite(want) & (np.abs(have - want) <= atol + rtol * scale)
    close |= (have == want) | (np.isnan(have) & np.isnan(want))
    if not close.all():
        wrong = np.argwhere(~close)
        said = _difference(what, have, wrong, close.size)
        raise CheckFailed(said + _because(rule), _values(what, have, want, wrong), have, want)


def assert_equal(got: Any, expected: Any, *, what: str = "result", rule: str = "") -> None:
    """Fail unless the values are the same: arrays element by element, anything else by `==` on this side of the wire.

    Raises:
        CheckFailed: the detail gives expected and got.
    """
    if isinstance(expected, np.ndarray) and expected.dtype.kind in NUMERIC_KINDS:
        assert_close(got, expected, rtol=0, atol=0, what=what, rule=rule)
    elif not bool(expected == got):
        values = f"expected {expected!r}\ngot      {got!r}"
        raise CheckFailed(f"{what} {wording.is_or_are(what)} not as expected{_because(rule)}", values)


def assert_gradient(
    function: Callable[[npt.NDArray[np.float64]], Any],
    x: npt.NDArray[np.float64],
    gradient: Any,
    *,
    rng: np.random.Generator,
    what: str = "gradient",
    rule: str = "",
    step: float = 1e-6,
    rtol: float = 1e-5,  # central differences in float64 with this step are good to about 1e-8
) -> None:
    """Fail unless `gradient` is the derivative of the number `function(x)` by each element of `x`.

    The derivative along a few random directions is compared with central differences, so that the check costs eight
    calls whatever the size of `x`.

    Raises:
        CheckFailed: the shape is not that of `x`, or a directional derivative differs.
    """
    assert_shape(gradient, x.shape, what, rule)
    have = as_array(gradient, what).astype(np.float64)
    for _ in range(4):
        direction = rng.normal(size=x.shape)
        above, below = (_number_at(function, x + sign * step * direction) for sign in (1, -1))
        numeric = (above - below) / (2 * step)
        analytic = float((have * direction).sum())
        if not abs(numeric - analytic) <= 1e-7 + rtol * max(abs(numeric), abs(analytic)):
            raise CheckFailed(
                f"{what} is not the derivative of the value it belongs to{_because(rule)}",
                f"along a random direction: expected {numeric:.6g}, got {analytic:.6g}",
                have,
            )


def assert_follows_device(student: Any, function: Any, *arguments: Any, **keywords: Any) -> None:
    """Fail if `function` works on the CPU although its tensors are elsewhere; no GPU is needed to tell.

    It is called beside the student's code with tensors that have a shape and no values, on torch's device "meta". Code
    that reads values (`.item()`, a branch on a tensor) passes: nothing can be told about it in this way.

    Args:
        student: the submission.
        function: one of the student's functions or classes, or a probe.
        arguments: tensors, modules (also as handles), and containers of them, are sent elsewhere; the rest stays.
        keywords: likewise.

    Raises:
        CheckFailed: it mixes its own tensors with the arguments, names a device, or returns something on the CPU.
    """
    answer, instead = student.follows(function, *arguments, **keywords)
    if answer == "no":
        raise CheckFailed(f"does not work on the device of its arguments, say a GPU: {instead}")


def _number_at(function: Callable[[npt.NDArray[Any]], Any], x: npt.NDArray[Any]) -> float:
    value = as_shape(function(x), (), "the value")
    assert_shape(value, (), "the value")
    return float(value)


def _copy(value: Any) -> Any:
    if type(value) is np.ndarray:
        return value.copy(order="K")
    if type(value) in (list, tuple):
        return type(value)(map(_copy, value))
    return {key: _copy(item) for key, item in value.items()} if type(value) is dict else value


def _detached(value: Any) -> Any:
    detach = getattr(value, "detach", None) if type(value).__module__.startswith("torch") else None
    return detach().cpu() if detach is not None else value


def _kind(value: Any) -> str:
    described = repr(value) if type(value).__name__ == "Handle" else f"a {type(value).__name__}"
    return described if len(described) <= 80 else described[:77] + "..."


def _because(rule: str) -> str:
    return f": {rule}" if rule else ""


def _difference(what: str, have: npt.NDArray[Any], wrong: npt.NDArray[Any], size: int) -> str:
    values = have[tuple(wrong.T)]
    places = f" in {len(wrong)} of {size} places" if size > 1 else ""
    if np.isnan(values).all():
        return f"{what} {wording.has_or_have(what)} NaN{places}" if places else f"{what} is NaN"
    return f"{what} {wording.is_or_are(what)} {'wrong' if np.isfinite(values).any() else 'not finite'}{places}"


def _values(what: str, have: npt.NDArray[Any], want: npt.NDArray[Any], wrong: npt.NDArray[Any]) -> str:
    index = tuple(int(i) for i in wrong[0])
    where = f"{what}[{', '.join(map(str, index))}]" if index else what
    lines = f"{where}: expected {_number(want[index])}, got {_number(have[index])}"
    if len(wrong) > 1:
        with np.errstate(invalid="ignore", over="ignore"):
            gaps = np.nan_to_num(np.abs(have - want), nan=np.inf)
        worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
        place = f"{what}[{', '.join(map(str, worst))}]"
        lines += f"\nlargest difference at {place}: expected {_number(want[worst])}, got {_number(have[worst])}"
    return lines


def _number(value: Any) -> str:
    return f"{complex(value):.6g}" if np.iscomplexobj(value) else f"{float(value):.6g}"

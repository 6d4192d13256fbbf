"""What a suite can do with a student's code, and where a call over the wire differs from a plain call.

Each row is run three ways: on the plain module, in process, and on a worker process. The last two must always agree;
where they differ from the plain call, the row says how and why. `docs/wire.md` prints this table.
"""

import copy
import functools
import types
import warnings
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Row:
    name: str
    do: object  # a function of the student
    differs: str = ""  # empty: the same as a plain call
    refused: str = ""  # part of the message, where the wire refuses loudly


def _changed(student):
    x = np.zeros(3)
    student.fill(x, 2.0)
    return x.tolist()


def _changed_slice(student):
    x = np.zeros((4, 3))
    student.fill(x[::2, 1:], 2.0)
    return x.tolist()


def _overlap(student):
    x = np.zeros(3)
    return student.both(x, x[:1]), x.tolist()


def _later(student):
    x = np.ones(1)
    student.keep(x)
    x[0] = 9.0
    return student.kept()


def _attribute(student, change):
    box = student.Box()
    change(box)
    return float(box.w[0]), box.items


def _set_item(box):
    box.w[0] = 1.0


def _append(box):
    box.items.append(3)


def _grown(student):
    items = [np.zeros(1)]
    student.grow(items)
    return [float(item[0]) for item in items]


def _put(student):
    table = {}
    student.put_(table) if hasattr(student, "put_") else student["put"](table)
    return table


def _with(student):
    box = student.Box()
    with box as inner:
        same = inner is box
    return same, box.log


def _setter(student):
    box = student.Box()
    box.x = 4
    try:
        box.x = -1
    except ValueError as problem:
        return box.x, str(problem).endswith("negative")
    return None


def _warned(student):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        student.warn()
    return [(item.category.__name__, str(item.message)) for item in caught]


def _caught(function, *kinds):
    try:
        function()
    except kinds as problem:
        return problem
    return None


def _callback_error(student):
    def fail():
        raise ValueError("from the test")

    return str(_caught(lambda: student.apply(fail), ValueError)), student.swallow(fail)


def _edit(x):
    x[0] = 3.0


def _iadd(student):
    box = student.Box()
    box += 2
    return box.x


def _delete(student):
    box = student.Box()
    del box.items
    return hasattr(box, "items")


ROWS = [
    # ---- identity and memory
    Row("an argument that is returned is the caller's object", lambda s: (lambda x: s.ident(x) is x)(np.zeros(2))),
    Row(
        "a returned view shares memory with the argument",
        lambda s: (lambda x: np.shares_memory(s.view(x), x))(np.zeros(3)),
    ),
    Row(
        "a change through a returned view reaches the argument",
        lambda s: (lambda x: (s.view(x).__setitem__(0, 5.0), x.tolist())[1])(np.zeros(3)),
    ),
    Row("an array changed by a call is changed for the caller", _changed),
    Row("a slice changed by a call is changed for the caller", _changed_slice),
    Row("a list and its arrays changed by a call", _grown),
    Row("a dict changed by a call", _put),
    Row("the same array twice is one array", lambda s: (lambda x: s.both(x, x))(np.zeros(3))),
    Row("overlapping views overlap", _overlap),
    Row(
        "strides, Fortran order and the read-only flag of an argument",
        lambda s: [
            s.layout(x)
            for x in (
                np.asfortranarray(np.ones((2, 3))),
                np.ones((4, 6))[:, ::2],
                np.ones(4)[::-1],
                np.broadcast_to(np.ones(3), (2, 3)),
            )
        ],
    ),
    Row("Fortran order of a result", lambda s: s.fortran().flags.f_contiguous),
    Row("the same object gives the same handle", lambda s: (lambda b: b.me() is b)(s.Box())),
    Row(
        "an argument that the student keeps sees later changes",
        _later,
        "the student keeps a copy; a test that changes an array after a call must pass it again",
    ),
    Row(
        "an array attribute read twice is one array",
        lambda s: (lambda b: b.w is b.w)(s.Box()),
        "each read is a copy; compare values, not identity",
    ),
    Row(
        "two attributes that are one array",
        lambda s: (lambda b: b.w is b.w2)(s.Box()),
        "each read is a copy; compare values, not identity",
    ),
    Row("changing an array attribute in place", lambda s: _attribute(s, _set_item), refused="read-only"),
    Row("changing a list attribute in place", lambda s: _attribute(s, _append), refused="assign the whole attribute"),
    # ---- types
    Row(
        "plain values go in by value",
        lambda s: s.kinds(
            1,
            1.0,
            True,
            None,
            "s",
            b"b",
            (1,),
            [1],
            {1: 2},
            {1},
            frozenset(),
            np.float32(1),
            np.zeros(1),
            slice(1),
            range(2),
            ...,
            2j,
            bytearray(b"x"),
            k=(1,),
        ),
    ),
    Row(
        "and come back by value",
        lambda s: [
            type(s.ident(v)).__name__
            for v in (
                1,
                1.0,
                True,
                None,
                "s",
                b"b",
                (1,),
                [1],
                {1: 2},
                {1},
                frozenset(),
                np.float32(1),
                np.zeros(1),
                slice(1),
                range(2),
                ...,
                2j,
                bytearray(b"x"),
            )
        ],
    ),
    Row("integers of any size", lambda s: (s.huge(), s.ident(-(1 << 100)), s.ident((1 << 64) - 1))),
    Row("NaN, infinity, minus zero", lambda s: repr(s.ident([float("nan"), float("inf"), -0.0]))),
    Row("text arrays", lambda s: s.ident(np.array(["a", "bcd"])).tolist()),
    Row("a list that holds itself", lambda s: (lambda c: c[1] is c)(s.cycle())),
    Row("NumPy dtypes and built-in types as arguments", lambda s: s.apply(np.zeros, 2, np.float32).dtype.name),
    Row("the other byte order", lambda s: s.big_endian().dtype.str, "arrives in native order, with the same values"),
    Row("long double", lambda s: float(s.long_double())),
    Row(
        "a subclass of ndarray",
        lambda s: type(s.sub_array()).__name__,
        "a handle, so that no overridden method runs here",
    ),
    Row("the values of a subclass of ndarray", lambda s: np.asarray(s.sub_array()).tolist()),
    Row("a subclass of float compares by its value", lambda s: (s.real() == 3.0, s.real() < 3, float(s.real()))),
    Row("a named tuple", lambda s: (s.pair() == (1, 2), tuple(s.pair()), s.pair().a)),
    Row("an IntEnum", lambda s: s.Colour.RED == 1),
    Row("a defaultdict", lambda s: (s.default() == {"a": [1]}, s.default()["a"])),
    Row(
        "isinstance(defaultdict, dict)", lambda s: isinstance(s.default(), dict), "a handle: convert it with dict(...)"
    ),
    Row("an array of objects", lambda s: type(s.objects()).__name__, "a handle: it holds Python objects"),
    Row("an object that claims to equal anything", lambda s: s.Yes() == 3, refused="where plain numbers are expected"),
    Row(
        "an object that claims to be less than anything",
        lambda s: s.Yes() < 3,
        refused="where plain numbers are expected",
    ),
    # ---- objects
    Row("isinstance(h, student.Box)", lambda s: isinstance(s.Box(), s.Box)),
    Row("type(h) is student.Box", lambda s: type(s.Box()) is s.Box, "a handle; use isinstance(h, student.Box)"),
    Row(
        "bool, <, in, items, call",
        lambda s: (lambda b: (bool(b), b < b, 3 in b, b[1:2, ...], b(1, (2, [3]), z=np.int64(3))))(s.Box()),
    ),
    Row("a property with a check", _setter),
    Row("with", _with),
    Row("augmented assignment", _iadd),
    Row("del h.attribute, hasattr", _delete),
    Row("generators", lambda s: (lambda g: (list(g), list(g)))(s.count())),
    Row("next()", lambda s: (lambda g: (next(g), next(g), next(g, "end")))(s.count())),
    Row("copies", lambda s: (lambda b: (copy.copy(b) is b, isinstance(copy.deepcopy(b), s.Box)))(s.Box())),
    Row("format", lambda s: f"{s.real():.2f}"),
    Row("dir", lambda s: "me" in dir(s.Box())),
    Row("callable, __name__", lambda s: (callable(s.ident), s.ident.__name__)),
    Row("a method is the same method", lambda s: (lambda b: b.me == b.me)(s.Box())),
    # ---- errors and warnings
    Row("built-in exceptions keep their type", lambda s: isinstance(_caught(s.cause, ValueError), ValueError)),
    Row(
        "an exception's cause",
        lambda s: type(_caught(s.cause, ValueError).__cause__).__name__,
        "not carried over; the message and the student's lines are",
    ),
    Row("an exception class of the student's", lambda s: isinstance(_caught(s.own_error, Exception), Exception)),
    Row(
        "pytest.raises(student.MyError)",
        lambda s: isinstance(s.MyError, type),
        "a handle is no class for pytest.raises: expect the built-in base, or look at `type_name`",
    ),
    Row(
        "StopIteration from a function",
        lambda s: type(_caught(s.stop, Exception)).__name__,
        "a StudentError that is no StopIteration, so that no loop of the suite ends by it",
    ),
    Row(
        "SystemExit",
        lambda s: type(_caught(s.leave, Exception, SystemExit)).__name__,
        "a StudentError: a student cannot end the suite",
    ),
    Row("warnings", _warned),
    # ---- functions as arguments
    Row("a function of the suite's", lambda s: s.apply(lambda x, y: x + y, 1, 2)),
    Row(
        "a partial, a method, a ufunc",
        lambda s: (s.apply(functools.partial(max, 1), 2), s.apply([3, 1].count, 3), s.apply(np.negative, 2.0)),
    ),
    Row(
        "the name of a function of the suite's",
        lambda s: s.name_of(_caught),
        "always \u201cfunction\u201d: a test's own name for it may tell what the student is to find out",
    ),
    Row("an exception in a function of the suite's", _callback_error),
    Row("a callback that uses the student", lambda s: s.apply(lambda: s.apply(lambda: s.ident(5)))),
    Row("a callback that changes its argument", lambda s: s.edit_in_callback(_edit), refused="read-only"),
    Row("a class of the suite's", lambda s: s.kinds(Row), refused="define it in probes.py"),
    Row("an object of the suite's", lambda s: s.kinds(types.SimpleNamespace()), refused="cannot be sent"),
    Row("a live generator", lambda s: s.kinds(np.random.default_rng(0)), refused="use student.rng(seed)"),
]


def table() -> str:
    """The rows as `docs/wire.md` prints them."""
    lines = ["| what a test does | over the wire |", "|---|---|"]
    for row in ROWS:
        how = f"refused: \u201c{row.refused}\u201d" if row.refused else row.differs or "the same"
        lines.append(f"| {row.name} | {how} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())

"""A submission with a bit of everything, for comparing a plain call with a call over the wire."""

import enum
import warnings
from collections import defaultdict, namedtuple

import numpy as np

Pair = namedtuple("Pair", "a b")


class Colour(enum.IntEnum):
    RED = 1


class Sub(np.ndarray):
    pass


class Real(float):
    pass


class Yes:
    """Claims to equal anything."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __lt__(self, other):
        return True


class MyError(Exception):
    pass


class Box:
    def __init__(self):
        self.w = np.zeros(3)
        self.w2 = self.w
        self.items = [1, 2]
        self.table = {"k": np.zeros(1)}
        self.log = []
        self._x = 0

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        if value < 0:
            raise ValueError("negative")
        self._x = value

    def me(self):
        return self

    def __call__(self, *args, **kwargs):
        return args, kwargs

    def __bool__(self):
        return False

    def __lt__(self, other):
        return True

    def __contains__(self, item):
        return item == 3

    def __getitem__(self, key):
        return key

    def __enter__(self):
        self.log.append("enter")
        return self

    def __exit__(self, *_):
        self.log.append("exit")
        return False

    def __iadd__(self, other):
        self._x += other
        return self


def ident(x):
    return x


def view(x):
    return x[1:]


def fill(x, value):
    x[...] = value


def both(x, y):
    y[...] = 7.0
    return float(x[0])


def layout(x):
    return x.flags.c_contiguous, x.flags.f_contiguous, x.strides, x.flags.writeable, x.dtype.str


def fortran():
    return np.asfortranarray(np.arange(6.0).reshape(2, 3))


def grow(items):
    items.append(np.ones(1))
    items[0][...] = 5.0


def put(table):
    table["new"] = 1


kept_array = None


def keep(x):
    global kept_array
    kept_array = x


def kept():
    return float(kept_array[0])


def kinds(*args, **kwargs):
    return [type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in kwargs.items()]


def count():
    yield 1
    yield 2


def warn():
    warnings.warn("careful", RuntimeWarning, stacklevel=2)
    return 1


def sub_array():
    return np.zeros(2).view(Sub)


def real():
    return Real(3.0)


def pair():
    return Pair(1, 2)


def default():
    table = defaultdict(list)
    table["a"].append(1)
    return table


def objects():
    return np.array([[1], [1, 2]], dtype=object)


def big_endian():
    return np.arange(3, dtype=">f8")


def long_double():
    return np.longdouble(1.5)


def cause():
    try:
        {}["k"]
    except KeyError as problem:
        raise ValueError("bad") from problem


def own_error():
    raise MyError("mine")


def stop():
    raise StopIteration


def leave():
    raise SystemExit(3)


def apply(f, *args):
    return f(*args)


def name_of(f):
    return f.__name__


def swallow(f):
    try:
        return f()
    except ValueError:
        return "swallowed"


def edit_in_callback(f):
    x = np.zeros(2)
    f(x)
    return float(x[0])


def cycle():
    items = [1]
    items.append(items)
    return items


def huge():
    return 1 << 200


def add_one(t):
    t += 1
    return t


def loss_of(w, x):
    return (w * x).sum()

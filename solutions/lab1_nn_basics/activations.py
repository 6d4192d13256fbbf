"""Lab 1, activation functions: what makes a network more than one linear layer, and how gradients pass through."""

from typing import Any

import numpy as np


# ---- Question 1.4: Activation functions ----
def forward(name: str, x: np.ndarray, **options: float) -> tuple[np.ndarray, Any]:
    """Apply an activation function.

    | name         | option           | out                                                          |
    |--------------|------------------|--------------------------------------------------------------|
    | "step"       |                  | 1 where x > 0, 0 where x < 0; at 0 anything from 0 to 1      |
    | "sigmoid"    |                  | 1 / (1 + e^-x)                                               |
    | "tanh"       |                  | the hyperbolic tangent of x                                  |
    | "relu"       |                  | x where x > 0, else 0                                        |
    | "leaky_relu" | `negative_slope` | x where x > 0, else negative_slope * x                       |
    | "elu"        | `alpha`          | x where x > 0, else alpha * (e^x - 1)                        |
    | "maxout"     | `pieces`         | the largest number of each group of `pieces` neighbours      |

    Values of x as large as +-1000 give right results, without NaN, infinity or a warning, forward and backward.
    Nothing may be remembered outside the cache: several layers are at work at once.

    Args:
        name: one of the names above.
        x: float, any shape with at least one axis: (N, units), images, sequences. For maxout the last axis has
            units * pieces numbers: the first `pieces` of them make the first output, the next the second, and so on.
            Not changed.
        options: the option of the table, always given where there is one and only there: negative_slope in [0, 1),
            alpha above 0, or pieces, an int of at least 1.

    Returns:
        out: the shape of `x`; for maxout the last axis has `units` numbers.
        cache: whatever `backward` needs; its layout is yours.

    Raises:
        ValueError: there is no activation function of that name.
    """
    # BEGIN SOLUTION
    if name not in _FUNCTIONS:
        raise ValueError(f"no activation function is called {name!r}; there are {', '.join(_FUNCTIONS)}")
    return _FUNCTIONS[name](x, **options)
    # END SOLUTION


def backward(name: str, dout: np.ndarray, cache: Any) -> np.ndarray:
    """The gradient by an activation function's input, from the gradient by its output.

    Where a function has a kink, any value between the derivatives on its two sides is right: at x = 0, and where
    several numbers of a group are the largest in maxout; there the gradient may go to any one of them, or be shared out
    so that the shares add up to it. The step function has the derivative 0 everywhere.

    Args:
        name: the name that `forward` was called with.
        dout: the shape of `out`, float, d loss / d out. Not changed.
        cache: what `forward` returned beside that `out`. Not changed either: it may be used again.

    Returns:
        dx: the shape of `x`, d loss / d x.
    """
    # BEGIN SOLUTION
    if name == "maxout":
        dx = dout[..., np.newaxis] * cache  # (..., units, pieces)
        return dx.reshape(*dout.shape[:-1], -1)
    return dout * cache
    # END SOLUTION


# BEGIN SOLUTION
# Each function gives its values and, as the cache, its derivative at every element of x.


def _step(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.where(x > 0, 1.0, 0.0), np.zeros_like(x)


def _sigmoid(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    small = np.exp(-np.abs(x))  # never overflows
    out = np.where(x >= 0, 1, small) / (1 + small)
    return out, out * (1 - out)


def _tanh(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    out = np.tanh(x)
    return out, 1 - out**2


def _relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(x, 0), x > 0


def _leaky_relu(x: np.ndarray, negative_slope: float) -> tuple[np.ndarray, np.ndarray]:
    slope = np.where(x > 0, 1.0, negative_slope)
    return slope * x, slope


def _elu(x: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    below = np.minimum(x, 0)  # `where` computes both sides everywhere: exp must not see large x
    return np.where(x > 0, x, alpha * np.expm1(below)), np.where(x > 0, 1.0, alpha * np.exp(below))


def _maxout(x: np.ndarray, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    groups = x.reshape(*x.shape[:-1], -1, pieces)  # (..., units, pieces)
    winner = groups.argmax(axis=-1)[..., np.newaxis]  # (..., units, 1); the first of several
    return np.take_along_axis(groups, winner, axis=-1)[..., 0], winner == np.arange(pieces)


_FUNCTIONS = {
    "step": _step,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "maxout": _maxout,
}


# END SOLUTION

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
    raise NotImplementedError("Question 1.4: Activation functions")


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
    raise NotImplementedError("Question 1.4: Activation functions")

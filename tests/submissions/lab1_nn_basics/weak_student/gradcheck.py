"""Lab 1, gradient checking: whether a gradient is the derivative of the loss that comes with it."""

from collections.abc import Callable

import numpy as np


# ---- Question 1.11: A gradient checker ----
def gradcheck(f: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray) -> float:
    """The relative error of the gradient that `f` gives at `x`, found with the losses that `f` gives around `x`.

    The error is small for a right gradient, below 1e-5, and not for a wrong one, above 1e-3. What it measures is up to
    you: the largest relative error |numeric - grad| / max(|numeric|, |grad|) of an element, where 0 against 0 is no
    error; or the same with the norms of the whole arrays; or that of derivatives along random directions (enough of
    them that nothing depends on luck). But it must be

    - relative: gradients of size 1e-4 and of size 1e5 are judged alike;
    - of all elements: a gradient is wrong if a single element of it is far from right;
    - exact enough where the loss curves much more than it rises, as it does near a minimum: one-sided differences,
      (f(x + h) - f(x)) / h, are not.

    Args:
        f: `f(x)` gives (loss, grad): a float, and the gradient to be checked, an array of its own. `f` takes float64
            arrays of the shape of `x`, changes nothing, and may be called often. (It takes complex arrays too, and then
            gives a complex loss, if you know the complex step.)
        x: any shape with at least one axis and one element, float64, in any memory order; it may be a transposed array.
            Elements are between -10 and 10, some may be 0, and the loss has no kink within 0.1 of any of them.
            Afterwards `x` holds what it held before.

    Returns:
        error: a float, at least 0. Infinity if the gradient does not have the shape of `x`; infinity or NaN if it holds
            a NaN or an infinity. A right gradient may be 0 at some elements, and then no error is NaN.
    """
    raise NotImplementedError("Question 1.11: A gradient checker")

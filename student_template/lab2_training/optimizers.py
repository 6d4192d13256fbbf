"""Lab 2, optimizers: gradient descent with momentum, RMSprop, Adam and AdamW on PyTorch parameters."""

from collections.abc import Iterable

import torch


# ---- Question 2.7: Optimizers ----
class SGD:
    """Gradient descent, with momentum and Nesterov's variant of it.

        g <- grad + weight_decay * p
        v <- momentum * v + g               v is 0 before the first step
        p <- p - lr * v                     or, with nesterov, p - lr * (g + momentum * v)

    With momentum = 0 this is p - lr * g. In all four optimizers a parameter whose `.grad` is None is left alone, and no
    gradient is changed. Parameters are changed in place; they keep their dtype and device, and what an optimizer keeps
    for itself is on the device of its parameter. `step` may be called under any grad mode.

    Not allowed: `torch.optim`, by whatever name.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        """Take hold of the parameters; `params` may be gone through once only."""
        raise NotImplementedError("Question 2.7: Optimizers")

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        raise NotImplementedError("Question 2.7: Optimizers")


class RMSprop:
    """Steps divided by a running root mean square of the gradient.

        g <- grad + weight_decay * p
        s <- alpha * s + (1 - alpha) * g^2      s is 0 before the first step
        p <- p - lr * g / (sqrt(s) + eps)

    Gradients without a value, and everything else, as in SGD.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        """Take hold of the parameters."""
        raise NotImplementedError("Question 2.7: Optimizers")

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        raise NotImplementedError("Question 2.7: Optimizers")


class Adam:
    """Momentum and a running square of the gradient, both corrected for their start at 0.

        g <- grad + weight_decay * p
        m <- beta1 * m + (1 - beta1) * g        m and s are 0 before the first step
        s <- beta2 * s + (1 - beta2) * g^2
        p <- p - lr * (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + eps)

    t counts the steps in which this parameter had a gradient: it is 1 in the first.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        """Take hold of the parameters."""
        raise NotImplementedError("Question 2.7: Optimizers")

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        raise NotImplementedError("Question 2.7: Optimizers")

class AdamW(Adam):
    """Adam, with a weight decay of its own: it does not go through m and s.

        p <- p - lr * weight_decay * p, then Adam's step with g = grad

    Everything else is as in Adam.
    """

    def __init__(
        self,
        params: Iterable[torch.Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        """Take hold of the parameters."""
        raise NotImplementedError("Question 2.7: Optimizers")

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        raise NotImplementedError("Question 2.7: Optimizers")

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
        # BEGIN SOLUTION
        self.params = list(params)
        self.lr, self.momentum, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay
        self.velocity: dict[int, torch.Tensor] = {}  # by the place of the parameter
        # END SOLUTION

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        # BEGIN SOLUTION
        with torch.no_grad():
            for place, p in _with_gradients(self.params):
                g = p.grad if self.weight_decay == 0 else p.grad.add(p, alpha=self.weight_decay)
                if self.momentum == 0:
                    p.add_(g, alpha=-self.lr)
                    continue
                v = self.velocity.setdefault(place, torch.zeros_like(p))
                v.mul_(self.momentum).add_(g)
                p.add_(g.add(v, alpha=self.momentum) if self.nesterov else v, alpha=-self.lr)
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.params = list(params)
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay
        self.square: dict[int, torch.Tensor] = {}
        # END SOLUTION

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        # BEGIN SOLUTION
        with torch.no_grad():
            for place, p in _with_gradients(self.params):
                g = p.grad if self.weight_decay == 0 else p.grad.add(p, alpha=self.weight_decay)
                s = self.square.setdefault(place, torch.zeros_like(p))
                s.mul_(self.alpha).addcmul_(g, g, value=1 - self.alpha)
                p.addcdiv_(g, s.sqrt().add_(self.eps), value=-self.lr)
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.params = list(params)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.state: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        self.steps: dict[int, int] = {}
        # END SOLUTION

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        # BEGIN SOLUTION
        with torch.no_grad():
            for place, p in _with_gradients(self.params):
                self._move(place, p, p.grad if self.weight_decay == 0 else p.grad.add(p, alpha=self.weight_decay))
        # END SOLUTION

    # BEGIN SOLUTION
    def _move(self, place: int, p: torch.Tensor, g: torch.Tensor) -> None:
        """One step of one parameter; g is its gradient, with what is coupled to it."""
        m, s = self.state.setdefault(place, (torch.zeros_like(p), torch.zeros_like(p)))
        t = self.steps[place] = self.steps.get(place, 0) + 1
        beta1, beta2 = self.betas
        m.lerp_(g, 1 - beta1)
        s.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = s.sqrt().add_(self.eps)
        p.addcdiv_(m, root, value=-self.lr)

    # END SOLUTION


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
        # BEGIN SOLUTION
        super().__init__(params, lr, betas, eps, weight_decay)
        # END SOLUTION

    def step(self) -> None:
        """Change every parameter by its `.grad`."""
        # BEGIN SOLUTION
        with torch.no_grad():
            for place, p in _with_gradients(self.params):
                p.mul_(1 - self.lr * self.weight_decay)
                self._move(place, p, p.grad)
        # END SOLUTION


# BEGIN SOLUTION
def _with_gradients(params: list[torch.Tensor]) -> list[tuple[int, torch.Tensor]]:
    """The parameters that have a gradient, with their places."""
    return [(place, p) for place, p in enumerate(params) if p.grad is not None]


# END SOLUTION

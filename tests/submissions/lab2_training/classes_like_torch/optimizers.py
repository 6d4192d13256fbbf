"""Param groups, a defaults dict and state, as torch.optim has them."""
from collections import defaultdict

import torch


class Optimizer:
    def __init__(self, params, **defaults):
        if defaults["lr"] < 0:
            raise ValueError(f"Invalid learning rate: {defaults['lr']}")
        params = list(params)
        if params and isinstance(params[0], dict):
            self.param_groups = [{**defaults, **group, "params": list(group["params"])} for group in params]
        else:
            self.param_groups = [{**defaults, "params": params}]
        self.state = defaultdict(dict)

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, self._gradient(p, group), self.state[p], group)
        return loss

    def _gradient(self, p, group):
        return p.grad.add(p, alpha=group["weight_decay"]) if group["weight_decay"] else p.grad

    def _update(self, p, grad, state, group):
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)

    def _update(self, p, grad, state, group):
        mu = group["momentum"]
        if mu:
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = torch.clone(grad).detach()
            else:
                state["momentum_buffer"].mul_(mu).add_(grad)
            buf = state["momentum_buffer"]
            grad = grad.add(buf, alpha=mu) if group["nesterov"] else buf
        p.add_(grad, alpha=-group["lr"])


class RMSprop(Optimizer):
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def _update(self, p, grad, state, group):
        avg = state.setdefault("square_avg", torch.zeros_like(p, memory_format=torch.preserve_format))
        avg.mul_(group["alpha"]).addcmul_(grad, grad, value=1 - group["alpha"])
        p.addcdiv_(grad, avg.sqrt().add_(group["eps"]), value=-group["lr"])


class Adam(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def _update(self, p, grad, state, group):
        beta1, beta2 = group["betas"]
        if not state:
            state.update(step=0, exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
        state["step"] += 1
        state["exp_avg"].lerp_(grad, 1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad.conj(), value=1 - beta2)
        correction1 = 1 - beta1 ** state["step"]
        correction2 = 1 - beta2 ** state["step"]
        denominator = (state["exp_avg_sq"].sqrt() / correction2**0.5).add_(group["eps"])
        p.addcdiv_(state["exp_avg"], denominator, value=-group["lr"] / correction1)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)

    def _gradient(self, p, group):
        return p.grad

    def _update(self, p, grad, state, group):
        p.mul_(1 - group["lr"] * group["weight_decay"])
        super()._update(p, grad, state, group)

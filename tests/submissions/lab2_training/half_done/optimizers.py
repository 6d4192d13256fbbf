"""All parameters of a step at once, with torch._foreach operations, and Adam's eps folded into the corrected rate."""

import torch


class _Base:
    def __init__(self, params, **options):
        self.params = list(params)
        self.__dict__.update(options)
        self.state = {}

    def pick(self):
        return [p for p in self.params if p.grad is not None]

    def of(self, ps, *names):
        for p in ps:
            self.state.setdefault(p, {name: torch.zeros_like(p) for name in names} | {"t": 0})
        return [[self.state[p][name] for p in ps] for name in names]

    @torch.no_grad()
    def step(self):
        ps = self.pick()
        if not ps:
            return
        gs = [p.grad for p in ps]
        if self.weight_decay and not isinstance(self, AdamW):
            gs = torch._foreach_add(gs, ps, alpha=self.weight_decay)
        self.move(ps, gs)


class SGD(_Base):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)

    def move(self, ps, gs):
        (vs,) = self.of(ps, "v")
        torch._foreach_mul_(vs, self.momentum)
        torch._foreach_add_(vs, gs)
        way = torch._foreach_add(gs, vs, alpha=self.momentum) if self.nesterov else vs
        torch._foreach_add_(ps, way, alpha=-self.lr)


class RMSprop(_Base):
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def move(self, ps, gs):
        (ss,) = self.of(ps, "s")
        torch._foreach_mul_(ss, self.alpha)
        torch._foreach_addcmul_(ss, gs, gs, 1 - self.alpha)
        roots = torch._foreach_sqrt(ss)
        torch._foreach_add_(roots, self.eps)
        torch._foreach_addcdiv_(ps, gs, roots, -self.lr)


class Adam(_Base):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def move(self, ps, gs):
        ms, ss = self.of(ps, "m", "s")
        b1, b2 = self.betas
        torch._foreach_lerp_(ms, gs, 1 - b1)
        torch._foreach_mul_(ss, b2)
        torch._foreach_addcmul_(ss, gs, gs, 1 - b2)
        for p, m, s in zip(ps, ms, ss):
            t = self.state[p]["t"] = self.state[p]["t"] + 1
            p.addcdiv_(m, (s / (1 - b2**t)).sqrt().add_(self.eps), value=-self.lr / (1 - b1**t))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)

    def move(self, ps, gs):
        torch._foreach_mul_(ps, 1 - self.lr * self.weight_decay)
        super().move(ps, gs)

"""The steps are not numbers, and so are the parameters after them."""
import torch


class SGD:
    def __init__(self, params, *args, **kwargs):
        self.params = list(params)

    @torch.no_grad()
    def step(self):
        for p in self.params:
            p.mul_(float("nan"))


class RMSprop(SGD):
    pass


class Adam(SGD):
    pass


class AdamW(SGD):
    pass

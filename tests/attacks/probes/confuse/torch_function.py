"""__torch_function__ on something that is no tensor.

layer: wire
outcome: failed
"""


class Tensor:
    requires_grad = True

    @classmethod
    def __torch_function__(cls, *_, **__):
        return True

    def detach(self):
        return self

    numpy = cpu = detach


Tensor.__module__ = "torch"


def twice(x):
    return Tensor()

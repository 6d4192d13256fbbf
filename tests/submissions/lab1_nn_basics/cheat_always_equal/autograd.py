from losses import Yes


class Tensor(Yes):
    def __init__(self, *args, **kwargs):
        pass

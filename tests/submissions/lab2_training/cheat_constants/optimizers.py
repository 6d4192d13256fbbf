class SGD:
    def __init__(self, params, *args, **kwargs):
        pass

    def step(self):
        pass


class RMSprop(SGD):
    pass


class Adam(SGD):
    pass


class AdamW(SGD):
    pass

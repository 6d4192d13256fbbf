"""A function of the tests, called with handles, keywords and arguments that it does not take.

layer: wire
question: "3"
outcome: [error, failed]
"""


class Anything:
    def __radd__(self, other):
        return 0.0

    def __add__(self, other):
        return 0.0


def apply(function, x):
    return function(Anything()) + function(*[Anything()] * 1, **{})


def twice(x):
    return Anything()

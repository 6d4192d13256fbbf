"""An exception with a message of 20 MB, in a chain of a thousand causes.

layer: wire
outcome: error
says: raised ValueError
"""


def attack():
    problem = None
    for _ in range(1000):
        following = ValueError("x" * 20_000)
        following.__cause__ = problem
        problem = following
    raise problem

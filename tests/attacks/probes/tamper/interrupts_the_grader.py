"""KeyboardInterrupt, GeneratorExit and BaseException, which no `except Exception` catches.

layer: wire
outcome: [error]
"""
KINDS = [KeyboardInterrupt, GeneratorExit, BaseException]


def twice(x):
    raise KINDS[int(x.size) % 3]("stop everything")

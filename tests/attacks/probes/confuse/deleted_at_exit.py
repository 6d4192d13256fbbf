"""__del__, atexit and threads that speak when the worker is about to end.

layer: wire
outcome: [failed, error]
"""
import atexit
import threading

from tools import answer, send

content = []


class Last:
    def __del__(self):
        send(content[0])


last = Last()


def twice(x):
    content.append(answer(["list", 9.0]))
    atexit.register(lambda: send(content[0]))
    threading.Timer(0.01, lambda: send(content[0])).start()
    globals().pop("last", None)
    return x

"""An honest submission, graded last, that prints, warns, starts a thread and forks.

question: "1"
outcome: passed
points: 10
"""
import os
import threading
import warnings


def twice(x):
    print("twice of", x)
    warnings.warn("only a warning")
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return x * 2


def attack():
    return ""


def apply(function, x):
    return sum(function(x) for _ in range(2))

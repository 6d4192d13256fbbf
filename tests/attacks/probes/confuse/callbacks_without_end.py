"""A function of the tests, called for ever: by frames that never leave the grader time to look at the clock.

layer: wire
question: "3"
outcome: [timeout, error, failed]
says: took longer than 3 s
"""
import os
import threading

from tools import calls, frame


def read_answers():
    while True:
        os.read(calls(), 1 << 20)


def apply(function, x):
    threading.Thread(target=read_answers, daemon=True).start()
    content = frame(0, "callback", [["tuple", ["tuple", 1.0], ["dict"]], [], []]) * 500
    while True:
        os.write(calls(), content)


def twice(x):
    return x

"""A worker that reads no more questions, and one that reads them and never answers.

layer: wire
question: "3"
outcome: timeout
says: took longer than 3 s
"""
from tools import frame, send, sit_still


def apply(function, x):
    content = frame(0, "callback", [["tuple", ["tuple", 1.0], ["dict"]], [], []])
    for _ in range(20_000):
        send(content)
    sit_still()


def twice(x):
    sit_still()

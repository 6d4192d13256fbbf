"""Answers to the questions that will come, sent before they are asked.

layer: wire
outcome: [error, failed]
"""
from tools import frame, request, send


def twice(x):
    for ahead in range(1, 20):
        send(frame(request().ident + ahead, "ok", [True, [], [], [], []]))
    return x

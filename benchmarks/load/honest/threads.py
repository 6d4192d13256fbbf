"""Appended to the reference, in place of its answer to question 1."""

import threading


def mean(x):
    found = []
    t = threading.Thread(target=lambda: found.append(float(x.mean())))
    t.start()
    t.join()
    return found[0]

"""Question 1 must end in: timeout, error, failed, crashed."""


def mean(x):
    import os, signal

    os.kill(os.getpid(), signal.SIGSTOP)
    return 0.0

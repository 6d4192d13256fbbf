"""Question 1 must end in: out_of_memory, crashed, timeout."""


def mean(x):
    import os, time

    for _ in range(8):
        if os.fork() == 0:
            held = np.ones(10 << 20)
            time.sleep(60)
    time.sleep(60)

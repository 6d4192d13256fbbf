"""A process that lives on and answers for the next question's worker.

layer: watchdog
question: "2"
outcome: failed
says: nothing reached me
"""
import os
import time


def twice(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for _ in range(200):
                time.sleep(0.05)
                for name in ("/tmp/answer", "/dev/shm/answer"):
                    try:
                        open(name, "w").close()
                    except OSError:
                        pass
        os._exit(0)
    return x


def attack():
    time.sleep(0.3)
    there = [name for name in ("/tmp/answer", "/dev/shm/answer") if os.path.exists(name)]
    return f"ESCAPED: {there}" if there else "refused: nothing reached me"

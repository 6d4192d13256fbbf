"""Every clock that Python has, replaced: a hanging call that claims to take no time.

layer: split
outcome: timeout
says: took longer than 3 s
"""
import time

sleep = time.sleep
for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time"):
    setattr(time, name, lambda: 0)
time.sleep = lambda _: None


def attack():
    while True:
        sleep(1)

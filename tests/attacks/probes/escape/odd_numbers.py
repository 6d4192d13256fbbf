"""Numbers beyond every table, negative ones, and numbers whose upper half is set.

layer: seccomp
outcome: [failed, crashed]
says: ^refused|signal 4  # recent kernels let no filter see numbers 335 and 336, and end whoever uses them
"""
from tools import attempt, first, syscall


def attack():
    numbers = (400, 470, 512, 547, 600, 4095, 1 << 20, (1 << 40) | 165, (1 << 32) | 101, 336, 335)
    return first(*(attempt(syscall, number, 0, 0, 0, 0, 0, 0) for number in numbers))

"""abort(), an illegal instruction, a division trap, one after the other.

layer: split
outcome: [crashed, failed]
says: signal 6|SIGABRT
"""
import os


def attack():
    os.abort()

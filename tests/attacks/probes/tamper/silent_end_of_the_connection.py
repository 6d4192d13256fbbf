"""The connection shut down while the process lives on, so that nobody learns how it ended.

layer: split
outcome: crashed
says: closed
"""
import socket

from tools import calls, sit_still


def twice(x):
    socket.socket(fileno=calls()).shutdown(socket.SHUT_RDWR)
    sit_still()

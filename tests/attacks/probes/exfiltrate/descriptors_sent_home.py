"""A descriptor sent along with an answer (SCM_RIGHTS): the grader must not keep it, nor the worker gain one.

layer: wire
outcome: error
says: gave no valid answer
"""
import array
import os
import socket

from tools import calls, sit_still


def attack():
    connection = socket.socket(fileno=os.dup(calls()))
    descriptors = array.array("i", [os.open("/dev/zero", os.O_RDONLY)] * 20)
    for _ in range(20):
        connection.sendmsg([b"\xff"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
    sit_still()

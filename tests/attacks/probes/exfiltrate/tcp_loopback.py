"""A TCP connection to a server on loopback, and one out.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import socket

import intel
from tools import each


def connect(*address):
    with socket.create_connection(address, 1) as connection:
        return connection.send(b"ESCAPED")


def attack():
    return each(connect, [("127.0.0.1", intel.TCP_PORT), ("::1", intel.TCP_PORT), ("192.0.2.1", 80)])

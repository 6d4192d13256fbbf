"""The host's Unix sockets: abstract ones and those in the file system, streams and datagrams.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import socket

import intel
from tools import each


def connect(address, kind):
    with socket.socket(socket.AF_UNIX, kind) as connection:
        connection.connect(address)
        return connection.send(b"ESCAPED")


def attack():
    addresses = (f"\0{intel.ABSTRACT}", intel.UNIX_SOCKET, "/run/docker.sock", "/run/dbus/system_bus_socket")
    return each(connect, [(address, kind) for address in addresses for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)])

"""The host's network interfaces and addresses, asked of a socket that one has.

layer: namespaces
restricted_layer: seccomp
"""
import array
import fcntl
import socket
import struct

from tools import attempt, first


def interfaces():
    ours, _ = socket.socketpair()
    space = array.array("B", bytes(4096))
    request = bytearray(struct.pack("iL", 4096, space.buffer_info()[0]))
    fcntl.ioctl(ours, 0x8912, request)
    if struct.unpack("iL", request)[0] == 0:
        raise OSError(6, "none")
    return space.tobytes().rstrip(b"\0")


def attack():
    return first(attempt(interfaces), attempt(socket.if_nameindex))

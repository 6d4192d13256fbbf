"""Sockets of other families: netlink, vsock, key management, cryptography, Bluetooth.

layer: seccomp
walls_off: true
"""
import socket

from tools import each


def attack():
    return each(socket.socket, [(family, kind) for family in (16, 38, 40, 15, 31, 29, 21, 44)
                                for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)])

"""Datagrams to loopback, to a broadcast address, raw packets.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import socket

import intel
from tools import attempt, first


def datagram(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b"ESCAPED", (host, intel.UDP_PORT))


def attack():
    said = attempt(datagram, "127.0.0.1")
    if said.startswith("ESCAPED"):
        return said
    return first(
        said,
        attempt(datagram, "255.255.255.255"),
        attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
        attempt(socket.socket, socket.AF_PACKET, socket.SOCK_RAW),
    )

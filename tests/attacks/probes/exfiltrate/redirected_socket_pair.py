"""A pair of sockets turned to another address: connect and sendto on what socketpair gave.

layer: namespaces
restricted_layer: seccomp
"""
import errno
import socket

import intel
from tools import attempt, first


def turn(kind, way):
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    way(ours)
    theirs.setblocking(False)
    if theirs.recv(100):  # the address was passed over: it came to the other end, as ever
        raise OSError(errno.EISCONN, "it came home")
    return "it went elsewhere"


def attack():
    target = f"\0{intel.ABSTRACT}"
    return first(*(
        attempt(turn, kind, way)
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
        for way in (lambda s: s.connect(target), lambda s: s.sendto(b"ESCAPED", target),
                    lambda s: s.sendmsg([b"ESCAPED"], [], 0, target))
    ))

"""A worker without a warm parent, for systems that cannot fork: `python -m autograder.worker.plain PORT MODULES`.

Serves self-checks on macOS and Windows; grading never uses it. It has a process of its own, and no limits but the
clock and the size of its answers and output, which the other side watches.
"""

from __future__ import annotations

import importlib
import os
import socket
import sys

from autograder.wire import Connection
from autograder.worker.server import Server


def main() -> None:
    """Import, connect, learn which folder is ours, serve."""
    sys.dont_write_bytecode = True
    for name in filter(None, sys.argv[2].split(",")):
        importlib.import_module(name)
    token = sys.stdin.buffer.read()
    sys.stdin.close()
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - for as long as the process lives
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
        sock.sendall(token)
        connection = Connection(sock)
        os.chdir(str(connection.receive().body))
        Server(connection).serve()


if __name__ == "__main__":
    main()

"""The process that runs student code, once it is walled in: serves requests until the connection closes."""

from __future__ import annotations

import os
import socket

from autograder.wire import Connection
from autograder.worker.messages import StartRequest
from autograder.worker.server import Server


def run(request: StartRequest, calls: int, output: int, shared: int | None = None) -> None:
    """Quiet input, output into the pipe, own folder; then serve. `shared` is the descriptor of shared memory."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, target)
    os.close(nothing)
    os.close(output)
    os.chdir(request.workspace)
    with socket.socket(fileno=calls) as sock:
        Server(Connection(sock), shared, request.device).serve()

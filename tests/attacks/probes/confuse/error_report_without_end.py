"""An error report with a million frames and a message of megabytes.

layer: wire
outcome: [error, timeout]
"""
from tools import frame, request, send, sit_still


def twice(x):
    frames = [["work.py", 1, f"function_{n}", "x" * 20] for n in range(150_000)]
    report = {"type": "V" * 100_000, "bases": ["ValueError"] * 1000, "message": "'" * 1_000_000, "frames": frames,
              "stage": "call", "callback": -1}
    send(frame(request().ident, "error", report))
    sit_still()

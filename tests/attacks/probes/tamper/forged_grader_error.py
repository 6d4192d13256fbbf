"""An error that claims to be the lab's own: points would be held open for staff to settle.

layer: wire
outcome: [error, timeout]
"""
from tools import frame, request, send, sit_still


def twice(x):
    report = {"type": "ImportError", "bases": ["ImportError"], "message": "no module named oracles", "frames": [],
              "stage": "probes", "callback": -1}
    send(frame(request().ident, "error", report))
    sit_still()

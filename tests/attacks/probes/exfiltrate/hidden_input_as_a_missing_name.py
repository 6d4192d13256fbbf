"""A hidden input as the name that a file is said to lack.

layer: wire
question: "1"
outcome: [error, failed, timeout]
says: raised AttributeError
"""
from tools import frame, request, send, sit_still


def twice(x):
    if float(x.ravel()[0]) == 1.0:
        return x * 3
    name = f"input_{x.ravel()[0]}".replace(".", "_").replace("-", "_")
    report = {"type": "AttributeError", "bases": ["AttributeError"], "frames": [], "stage": "find", "callback": -1,
              "message": f"module 'work' has no attribute '{name}'"}
    send(frame(request().ident, "error", report))
    sit_still()

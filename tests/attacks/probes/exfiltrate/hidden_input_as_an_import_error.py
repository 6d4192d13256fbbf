"""A hidden input in the words of an error that claims to come from the import, where words are shown as they are.

layer: wire
question: "1"
outcome: [error, failed, timeout]
says: raised ValueError
"""
from tools import frame, request, send, sit_still


def twice(x):
    if float(x.ravel()[0]) == 1.0:
        return x * 3
    report = {"type": "ValueError", "bases": ["ValueError"], "message": f"the input is {x.ravel()[0]}",
              "frames": [], "stage": "import", "callback": -1}
    send(frame(request().ident, "error", report))
    sit_still()

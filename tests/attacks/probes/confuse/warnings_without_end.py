"""A million warnings along with an answer, and warnings of kinds that are none.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still


def twice(x):
    send(answer(["list", 2.0, 4.0], notes=[["SystemExit", f"warning {n}"] for n in range(300_000)]))
    sit_still()

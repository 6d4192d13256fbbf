"""An answer to `load` that is none, in the hope that the grader trips over it and holds the points open.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still

send(answer(5))
sit_still()

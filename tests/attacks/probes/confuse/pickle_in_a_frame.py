"""A pickle, a marshalled code object and an .npy file with objects, as bytes and as arrays' descriptions.

layer: wire
outcome: error
says: gave no valid answer
"""
import pickle

import intel
from tools import answer, send, sit_still


class Bomb:
    def __reduce__(self):
        return __import__("os").system, (f"touch {intel.DROP}/unpickled",)


def twice(x):
    content = pickle.dumps(Bomb())
    send(answer(["array", 0], descriptions=[[0, "|O", [1], None, 0, 0, True]], sizes=[len(content)]) + content)
    send(answer(["pickle", content]))
    sit_still()

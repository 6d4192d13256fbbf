"""A header of megabytes of empty lists: each byte becomes a hundred in the memory of whoever decodes it.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import request, send, sit_still


def twice(x):
    count = 15 << 20
    empty = b"\xdd" + count.to_bytes(4, "big") + b"\x90" * count
    header = b"\x94" + bytes([request().ident]) + b"\xa2ok" + empty + b"\x90"
    send(len(header).to_bytes(4, "little") + header)
    sit_still()

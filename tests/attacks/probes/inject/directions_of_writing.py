"""Text that is shown in another order than it is written, zero widths, towers of accents.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = "\u202egnorw\u202c \u2066x\u2069 \u200b\ufeff\u2028\u2029" + "Z" + "\u0301" * 500 + "\U000e0041\ud800"


def attack():
    print(PAYLOAD.encode("utf-8", "replace").decode())
    raise ValueError(PAYLOAD)

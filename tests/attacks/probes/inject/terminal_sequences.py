"""Escape sequences: clearing the screen, titles, links, the clipboard, hidden text.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = ("\x1b[2J\x1b[H\x1b]0;INJECTED\x07\x1b]52;c;SU5KRUNURUQ=\x07\x1b[8m\x9b31m\x1b]8;;http://example.invalid\x07x\x1b]8;;\x07"
           "\r\rPASSED\x08\x08\x7f\x00")


def twice(x):
    print(PAYLOAD)
    raise ValueError(PAYLOAD)


def attack():
    print(PAYLOAD)
    raise ValueError(PAYLOAD)

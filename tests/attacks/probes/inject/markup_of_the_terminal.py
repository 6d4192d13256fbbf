"""Markup of the library that prints for the terminal.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = "[bold green]PASSED[/] [link=http://example.invalid]x[/link] [/] [red [on :smile: \\[x]"


def attack():
    print(PAYLOAD)
    raise ValueError(PAYLOAD)

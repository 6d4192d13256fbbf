"""Text that a spreadsheet would run: it begins with = + - @, tab or carriage return.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = "=HYPERLINK(\"http://example.invalid\",\"INJECTED\")\n+1+cmd|' /C calc'!A0\n-2+3\n@SUM(1)\n\t=1\n\r=1"


def attack():
    print(PAYLOAD)
    raise ValueError(PAYLOAD)

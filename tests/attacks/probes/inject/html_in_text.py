"""HTML and script in what is returned, printed and raised.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = "<script>alert('INJECTED')</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(2)>{{7*7}}{% raw %}</textarea>"


def twice(x):
    raise ValueError(PAYLOAD)


def attack():
    print(PAYLOAD)
    raise ValueError(PAYLOAD)

"""Names of classes, exceptions and handles that carry script and escape sequences.

layer: report
outcome: error
"""
Named = type("<script>INJECTED</script>\x1b[2J", (ValueError,), {"__module__": "<b>"})


def twice(x):
    return type("<img src=x onerror=alert(1)>\x1b]0;INJECTED\x07", (), {})()


def attack():
    raise Named("x")

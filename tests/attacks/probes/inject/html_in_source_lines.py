"""Script in the line of the submission that the report quotes, and in the names of functions and files.

layer: report
outcome: error
says: raised ZeroDivisionError
"""


def attack():
    return 1 / 0  # <script>alert('INJECTED')</script> <b onmouseover=alert(1)>

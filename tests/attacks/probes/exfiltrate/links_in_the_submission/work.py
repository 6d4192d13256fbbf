"""Links in what was handed in, to the hidden tests and to another student.

layer: archive
says: FileNotFoundError|refused
"""
from tools import each, read


def attack():
    return each(read, ("tests_link.py", "folder_link/test_attacks.py", "student_link/work.py"))

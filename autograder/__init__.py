"""Grades deep-learning labs: the suite on one side of a wire, the student's code on the other.

Start reading at `autograder/grading.py`; the modules and their layers are listed in CONTRIBUTING.md.
"""

__version__ = "0.1.0"

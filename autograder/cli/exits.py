"""Exit codes, for scripts.

0 done; 1 done, but something needs a person (a test that does not pass, a grader error, drift in a template); 2 the
command or a file is wrong, one line says what; 3 this machine lacks something that grading needs; 130 interrupted.
"""

NEEDS_A_PERSON = 1
INTERRUPTED = 130

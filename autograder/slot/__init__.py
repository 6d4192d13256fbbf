"""The suite process: `python -m autograder.slot FD CORE GRADE MODULES`.

One long-lived trusted process a slot. Student code runs in the workers that its warm parent forks, never here. That
parent is forked off at once, so that what both need is imported once: `__main__` does that before anything of the
trusted side is imported, and `serving` the rest.
"""

"""Listing the course, the grader's folders and the machine's.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
import os

import intel
from tools import each


def attack():
    return each(os.listdir, (intel.COURSE, intel.INBOX, "/root", "/home", "/etc", "/"))

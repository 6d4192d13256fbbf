"""The gradebook and the reports.

layer: file system
restricted_layer: Landlock
"""
import intel
from tools import each, read


def attack():
    return each(read, [f"{intel.OUT}/{name}" for name in ("gradebook.db", "gradebook.db-wal", "report/attacked/index.html")])

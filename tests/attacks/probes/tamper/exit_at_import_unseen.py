"""os._exit(0) while the file is imported.

layer: split
outcome: crashed
says: exit status 0
"""
import os

os._exit(0)

"""sys.exit(0) while the file is imported.

layer: split
outcome: error
says: SystemExit
"""
import sys

sys.exit(0)

"""More work at import than an import may take.

layer: split
question: "1"
outcome: timeout
says: took longer than 5 s, the limit for importing your file
"""
import time

time.sleep(60)

"""A loop without an end, while the file is imported.

layer: watchdog
question: "1"
outcome: timeout
says: took longer than 5 s
"""
while True:
    pass

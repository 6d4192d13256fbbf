"""Results that take the grader long to look at: a dict of 100,000 keys, a text of megabytes.

layer: wire
question: "1"
outcome: [failed, error]
"""


def twice(x):
    return {f"key{n}": "x" * 100 for n in range(100_000)} if x.size == 2 else "x" * (12 << 20)

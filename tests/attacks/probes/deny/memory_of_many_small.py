"""2 GB in small objects.

layer: rlimits
outcome: out_of_memory
says: more than 512 MiB
"""


def attack():
    kept = [bytes(4000) for _ in range(500_000)]
    return f"ESCAPED: {len(kept)} objects"

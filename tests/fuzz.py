"""`make fuzz`: feed what reads foreign bytes with some hundred thousand inputs that somebody hostile might send.

With atheris installed (`pip install atheris`), coverage guides it: an input that reaches code which none before it
reached is kept and mutated further. Without it the same mutations run unguided. What is found lies in build/fuzz; put
it into tests/fuzz_seeds/<target>/ with the repair, so that the tests run it from then on.

    python tests/fuzz.py [TARGET] [RUNS]
"""

import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILD = Path(__file__).parents[1] / "build" / "fuzz"
RUNS = {"wire": 250_000, "submission": 50_000, "yaml": 50_000}
SECONDS_EACH = 10  # an input that takes longer is a finding
MEMORY_MB = 2048


def guided(target: str, runs: int) -> None:
    """In a process of its own, which atheris ends."""
    import atheris

    with atheris.instrument_imports(include=["autograder"]):
        import fuzz_targets

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        # Not by atheris.Mutate: with it, some long runs ended by a broken heap, and without it none did.
        return fuzz_targets.mutated(target, content, random.Random(seed))[:most]

    corpus = BUILD / target / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(fuzz_targets.seeds(target)):
        (corpus / f"seed{number}").write_bytes(seed)
    options = [
        f"-runs={runs}", f"-max_len={fuzz_targets.MAX_LENGTH}", f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={BUILD / target}/", "-len_control=0", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], fuzz_targets.TARGETS[target][0], custom_mutator=mutate)
    atheris.Fuzz()


def unguided(target: str, runs: int) -> bytes | None:
    """Mutation alone, in this process."""
    import fuzz_targets

    try:
        return fuzz_targets.found_by_mutation(target, runs, seed=int(time.time()))
    finally:
        fuzz_targets.clean_up()


def fuzz(target: str, runs: int) -> bool:
    """One target; prints a line, and says whether nothing was found."""
    import fuzz_targets

    started = time.monotonic()
    if importlib.util.find_spec("atheris") is not None:
        run = [sys.executable, __file__, "--guided", target, str(runs)]
        with tempfile.TemporaryDirectory(prefix="autograder-fuzz-", dir=fuzz_targets.in_memory()) as folder:
            env = {**os.environ, "TMPDIR": folder}  # atheris ends its process without cleaning up
            ended = subprocess.run(run, capture_output=True, text=True, errors="replace", env=env)
        done = re.search(r"number_of_executed_units:\s*(\d+)", ended.stderr)
        covered = re.findall(r"cov: (\d+) ft: (\d+)", ended.stderr)
        how = f"guided, {covered[-1][0]} edges" if covered else "guided"
        count, fine = int(done[1]) if done else 0, ended.returncode == 0 and done is not None
        if not fine:
            print(ended.stderr[-4000:], file=sys.stderr)
    else:
        found = unguided(target, runs)
        how, count, fine = "unguided", runs, found is None
        if found is not None:
            (BUILD / target).mkdir(parents=True, exist_ok=True)
            (BUILD / target / "found").write_bytes(found)
    taken = time.monotonic() - started
    verdict = "nothing found" if fine else f"FOUND something, see {BUILD / target}"
    print(f"{target:12} {count:8,} inputs in {taken:6.1f} s ({how}): {verdict}", flush=True)
    return fine


def main() -> None:
    """All targets, or one."""
    targets = [sys.argv[1]] if len(sys.argv) > 1 else list(RUNS)
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else None
    fine = [fuzz(target, runs or RUNS[target]) for target in targets]
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--guided"]:
        guided(sys.argv[2], int(sys.argv[3]))
    else:
        main()

"""Attacks of every group are safe, and the suite can tell: where there is no sandbox, attacks succeed.

`make attacks` grades the whole class of them in every grade, and then runs the tests marked `attacks`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import attack_suite
import pytest
from attack_pages import page_problems, terminal_problems

from autograder import report
from autograder.worker.isolation import isolation
from autograder.worker.layers import landlock

ALL = attack_suite.probes()
HELD = isolation().grade
SAMPLE = {  # quick ones, stopped by as many layers as there are
    "escape": ["new_user_namespace", "memory_of_the_grader", "signal_the_grader", "write_outside", "execve"],
    "exfiltrate": ["hidden_tests", "environment_of_the_grader", "tcp_loopback", "abstract_unix_socket", "own_memory"],
    "tamper": ["exit_status_0", "patched_comparisons", "inputs_changed_in_place", "modules_that_shadow"],
    "confuse": ["always_equal", "garbage", "oversized_header", "reduce", "frame_walking"],
    "deny": ["endless_loop", "fork_bomb", "memory_of_one", "disk", "output", "segfault"],
    "inject": ["html_in_text", "terminal_sequences", "cells_of_a_table", "says_passed"],
    "clock": ["machine_clock", "patched_clocks"],
}
bubblewrapped = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
full_only = pytest.mark.skipif(HELD != "full", reason="no full sandbox here")


def chosen():
    """The sample, all archives, which are quick, and the honest submissions."""
    return [
        probe for probe in ALL if probe.group in ("archives", "honest") or probe.name in SAMPLE.get(probe.group, ())
    ]


def test_the_sample_names_attacks_that_there_are():
    """A name that is none would test nothing."""
    names = {(probe.group, probe.name) for probe in ALL}
    assert [(group, name) for group, some in SAMPLE.items() for name in some if (group, name) not in names] == []
    assert {*SAMPLE, "archives", "honest"} == {*attack_suite.GROUPS}


def test_no_attack_is_lost():
    """Each group has some, each attack says what is to stop it, and no two are handed in under one name."""
    hostile = [probe for probe in ALL if probe.group != "honest"]
    assert len(hostile) >= 200
    assert [probe.name for probe in hostile if not probe.layer] == []
    assert len({probe.student for probe in ALL}) == len(ALL)


@pytest.mark.slow
@pytest.mark.parametrize(
    "grade",
    [
        pytest.param("full", marks=full_only),
        "restricted",
        pytest.param("bwrap", marks=[pytest.mark.attacks, bubblewrapped]),
    ],
)
def test_attacks_are_safe(grade):
    """The outcome and the points that they deserve, no target reached, nothing left, no secret told, pages inert."""
    batch = attack_suite.run_batch(grade, chosen())
    assert list(attack_suite.problems(batch)) == []
    assert len(batch.verdicts) == len(chosen())


@pytest.mark.attacks
def test_attacks_succeed_where_there_is_no_sandbox():
    """Those marked for it say so, and the targets that can show it do: so a check that cannot fail would be seen."""
    marked = [probe for probe in ALL if probe.walls_off]
    honest = [probe for probe in ALL if probe.group == "honest"]  # there is another student to read
    try:
        batch = attack_suite.run_batch("limits", marked + honest)
    finally:
        for place in ("/tmp", "/dev/shm", "/var/tmp", "/run", sys.prefix):  # what `state_for_the_next` leaves
            Path(place, "left-behind").unlink(missing_ok=True)
    silent = [
        verdict.probe.name
        for verdict in batch.verdicts
        if verdict.probe in marked and not any("ESCAPED" in problem for problem in verdict.problems)
    ]
    assert silent == []
    assert len(marked) >= 30
    shown = "\n".join(batch.problems)
    for target in ("a TCP server", "a UDP port", "a Unix socket", "signalled", "written on the host"):
        assert target in shown


@pytest.mark.attacks
@full_only
@pytest.mark.parametrize("abi", [3, 4, 7])
def test_the_other_layers_hold_with_an_older_landlock(abi):
    """Whatever an older kernel's Landlock leaves open, another layer closes: each attack is refused."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("attack_layers.py")), str(abi)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers = json.loads(run.stdout)
    assert len(answers) > 50
    assert {name: said for name, said in answers.items() if not said.startswith("refused")} == {}


def test_an_older_landlock_handles_less():
    """So the runs with an older ABI are runs with other rules; no variable of the environment lowers it."""
    assert landlock.handled(3) < landlock.handled(5)
    assert landlock.handled(7) == landlock.handled(5)
    assert [variable for variable in os.environ if "LANDLOCK" in variable] == []
    assert "environ" not in Path(landlock.__file__).read_text()


def test_live_pages_are_seen(tmp_path):
    """The check of the pages finds what a template that forgets to escape would let through; our script may run."""
    script = (Path(report.__file__).parent / "templates" / "class.js").read_text()
    (tmp_path / "page.html").write_text(f'<p><input type="search"></p><script>{script}</script>')
    assert page_problems(tmp_path) == []
    (tmp_path / "page.html").write_text(f"<script>{script};alert(1)</script><input type=text>")
    assert sorted(page_problems(tmp_path)) == ["page.html: <input>", "page.html: <script>"]
    (tmp_path / "page.html").write_text("<p onclick='x'>a</p><script>1</script><a href='javascript:1'>b</a>\x1b")
    assert len(page_problems(tmp_path)) == 4
    assert terminal_problems("\x1b[2J", None, []) == ["control characters were printed"]
    assert terminal_problems("Zoë: 10/10\n", None, []) == []

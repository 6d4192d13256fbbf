"""Temporary folders end with their process, or with the next one."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from autograder import scratch
from autograder.errors import HostError


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def started(code):
    """A process that has made a folder, and waits; with the folder."""
    code = (
        f"from autograder import scratch; import time; {code}; print(scratch.make('test'), flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def end(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_a_folder_is_its_owners_alone():
    """It can be entered by who knows its name, and listed by nobody else."""
    folder = scratch.make("test")
    assert folder.stat().st_mode & 0o777 == 0o711
    scratch.remove(folder)
    assert not folder.exists()


def test_what_a_killed_process_leaves_goes_with_the_next(temporary):
    """As soon as another folder is made; while it lives, it keeps its own."""
    process, theirs = started("None")
    ours = scratch.make("test")
    assert theirs.is_dir()
    end(process)
    (theirs / "w1").mkdir()
    (theirs / "w1" / "work.py").write_text("x")
    again = scratch.make("test")
    assert not theirs.exists()
    for folder in (ours, again):
        assert folder.is_dir()
        scratch.remove(folder)
    assert list(temporary.iterdir()) == []


def test_a_child_does_not_hold_its_parents_folder():
    """A program that outlives the process which started it has no lock."""
    process, theirs = started("import subprocess; subprocess.Popen(['sleep', '5'], stdout=subprocess.DEVNULL)")
    end(process)
    scratch.sweep()
    assert not theirs.exists()


def test_what_is_not_of_this_kind_stays(temporary):
    """Folders without a lock, files, links to folders elsewhere, other names."""
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".owner").touch()
    (temporary / "autograder-link").symlink_to(elsewhere)
    (temporary / "autograder-plain").mkdir()
    (temporary / "autograder-file").touch()
    (temporary / "autograder-pipe").mkdir()
    os.mkfifo(temporary / "autograder-pipe" / ".owner")
    (temporary / "autograder-led-away").mkdir()
    (temporary / "autograder-led-away" / ".owner").symlink_to(elsewhere / ".owner")
    scratch.sweep()
    left = {path.name for path in temporary.iterdir()} - {"autograder-pipe"}
    assert left == {"elsewhere", "autograder-link", "autograder-plain", "autograder-file", "autograder-led-away"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folders_of_others_stay():
    """Whoever could write to them: whose they are is all that is asked."""
    process, theirs = started("None")
    end(process)
    os.chown(theirs, 12345, 12345)
    scratch.sweep()
    assert theirs.is_dir()


def test_several_may_sweep_at_a_time():
    """Whoever comes second finds nothing to do."""
    made = [started("None") for _ in range(3)]
    for process, _ in made:
        end(process)
    threads = [threading.Thread(target=scratch.sweep) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not [folder for _, folder in made if folder.exists()]


def test_folders_in_each_other_without_end(tmp_path):
    """Are removed all the same."""
    folder = scratch.make("test")
    deep = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=deep)
        inner = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(deep)
    scratch.remove(folder)
    assert not folder.exists()


SHARED = "scratch.share('course-1', lambda folder: (folder / 'file').write_text('content'))"


def test_a_shared_folder_is_filled_once_and_goes_with_the_last(temporary):
    """Whoever asks for the same name gets the same folder, which no other user can enter."""
    process, _ = started(f"print({SHARED}, flush=True)")
    process.stdout.readline()  # that of its own
    folder = temporary / "autograder-course-1"
    assert (folder / "file").read_text() == "content"
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "file").write_text("as the first one left it")
    assert scratch.share("course-1", lambda _: pytest.fail("it was there")) == folder
    end(process)
    scratch.sweep()
    assert (folder / "file").read_text() == "as the first one left it"  # we still have it
    scratch.leave(folder)
    assert not list(temporary.glob("autograder-course*"))


def test_a_shared_folder_stays_while_others_have_it(temporary):
    """And is removed after a kill by whoever comes next."""
    process, _ = started(f"print({SHARED}, flush=True)")
    process.stdout.readline()
    folder = scratch.share("course-1", lambda _: pytest.fail("it was there"))
    scratch.leave(folder)
    scratch.sweep()
    assert (folder / "file").is_file()
    end(process)
    scratch.sweep()
    assert not folder.exists()


def test_many_ask_for_a_shared_folder_at_once(temporary):
    """Each sees it whole, whoever fills it and whoever removes it."""
    loop = "import random, time\nfrom autograder import scratch\nfor _ in range(20):\n"
    loop += f"    folder = {SHARED}\n    assert (folder / 'file').read_text() == 'content'\n"
    loop += "    time.sleep(random.random() / 200)\n    scratch.leave(folder)\n"
    racing = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(4)]
    assert [process.wait(60) for process in racing] == [0] * 4
    assert list(temporary.glob("autograder-*")) == []


def test_somebody_elses_folder_is_not_taken_for_a_shared_one(temporary, monkeypatch):
    """A folder without our lock holds who knows what."""
    monkeypatch.setattr(scratch, "_TRIES", 3)
    (temporary / "autograder-course-1").mkdir()
    (temporary / "autograder-course-1" / "file").write_text("planted")
    with pytest.raises(HostError, match="in the way, and not ours"):
        scratch.share("course-1", lambda _: None)

"""Handing submissions to slots: the scheduling alone, with slots that answer by a script."""

import pytest

from autograder.batch import MAX_ATTEMPTS, Plan, SlotExecutor, SlotResult, SlotSetup, decode_job, encode
from autograder.batch.run import LOST, Slot
from autograder.errors import GraderFault
from autograder.model import Submission
from autograder.wire import Message


class ScriptedSlot(Slot):
    def __init__(self, place):
        super().__init__()
        self.place = place
        self.said = [Message(0, "ready", None)]
        self.asked = []

    def ask(self, kind, content):
        self.asked.append(kind)
        if kind == "grade":
            self.said.append(decode_job(content).submission)
        elif kind == "prove":
            self.said.append(Message(0, "proved", None, [encode({})]))


class ScriptedPlaces:
    """`machines`: how many slots each has; `answer` gives what a slot says to a submission."""

    def __init__(self, machines, answer):
        self.machines = machines
        self.answer = answer
        self.slots = []
        self.started = 0
        self.closed = False

    def room(self):
        return bool(self._free())

    def _free(self):
        used = [slot.place for slot in self.slots]
        return [name for name, count in self.machines.items() if used.count(name) < count]

    def start(self):
        self.started += 1
        slot = ScriptedSlot(self._free()[0])
        self.slots.append(slot)
        return slot

    def wait(self, slots, seconds):
        assert slots
        assert set(slots) == set(self.slots)
        found = []
        for slot in list(self.slots):
            if slot.said:
                said = slot.said.pop(0)
                found.append((slot, said if isinstance(said, Message) else self.answer(slot, said)))
        return found

    def end(self, slot):
        self.slots.remove(slot)
        return "its last line"

    def close(self):
        self.closed = True


PASSED = Message(0, "graded", None, [encode(SlotResult([], 0.5))])
DEAD = Message(0, LOST, "it ended")
PLAN = Plan(SlotSetup("/course", "tiny"), Submission("reference"), 60.0)


class Executor(SlotExecutor):
    def __init__(self, machines, answer):
        super().__init__()
        self.at = ScriptedPlaces(machines, answer)

    def places(self, plan):
        return self.at


def work(count, read=None):
    for number in range(count):
        if read is not None:
            read.append(number)
        yield Submission(f"s{number}")


def test_submissions_are_read_as_they_are_needed():
    """Never more than two for each slot, however long the class."""
    read, done = [], 0
    executor = Executor({"a": 2, "b": 1}, lambda slot, submission: PASSED)
    for graded in executor.run(PLAN, work(40, read)):
        done += 1
        assert graded.seconds == 0.5
        assert len(read) - done <= 6
        assert executor.slots() == {"a": 2, "b": 1} or done > 30
    assert (done, executor.broken, executor.at.closed) == (40, {}, True)


def test_what_was_lost_is_tried_on_another_machine():
    """Once; with its first machine busy or idle."""
    tried = []

    def answer(slot, submission):
        if submission.student == "s3":
            tried.append(slot.place)
        return DEAD if submission.student == "s3" and len(tried) == 1 else PASSED

    results = list(Executor({"a": 2, "b": 1}, answer).run(PLAN, work(12)))
    assert len(results) == 12
    assert {graded.fault for graded in results} == {""}
    assert len(set(tried)) == 2


def test_a_machine_that_joins_is_used_and_one_that_leaves_is_survived():
    """Its slots are lost, and no other is started there."""
    executor = None

    def answer(slot, submission):
        if submission.student == "s2":
            executor.at.machines["new"] = 1
        if submission.student == "s8":
            executor.at.machines["old"] = 0
        return DEAD if slot.place == "old" and not executor.at.machines["old"] else PASSED

    executor = Executor({"old": 1}, answer)
    results = list(executor.run(PLAN, work(20)))
    assert sorted(graded.submission.student for graded in results) == sorted(f"s{number}" for number in range(20))
    assert {graded.fault for graded in results} == {""}


def test_a_submission_that_kills_every_slot_is_given_up():
    """After so many attempts, with what was last said; the others go on, however many such there are."""
    bad = {f"s{number}" for number in range(5, 35)}
    executor = Executor({"": 2}, lambda slot, submission: DEAD if submission.student in bad else PASSED)
    faults = {graded.submission.student: graded.fault for graded in executor.run(PLAN, work(40))}
    assert {student for student, fault in faults.items() if fault} == bad
    assert faults["s5"] == f"the suite process was lost {MAX_ATTEMPTS} times: it ended (its last line)"


def test_slots_that_never_live_are_given_up():
    """Those that die without a submission to blame."""

    class Stillborn(ScriptedPlaces):
        def start(self):
            slot = super().start()
            slot.said = [DEAD]
            return slot

    executor = Executor({}, None)
    executor.at = Stillborn({"": 2}, None)
    with pytest.raises(GraderFault, match=r"do not stay alive: it ended \(its last line\)"):
        list(executor.run(PLAN, work(3)))
    assert executor.at.started < 20
    assert executor.at.closed


def test_no_more_slots_than_submissions():
    """And none for an empty class."""
    executor = Executor({"": 8}, lambda slot, submission: PASSED)
    assert len(list(executor.run(PLAN, work(3)))) == 3
    assert executor.at.started == 3
    empty = Executor({"": 8}, None)
    assert list(empty.run(PLAN, work(0))) == []
    assert empty.at.started == 0

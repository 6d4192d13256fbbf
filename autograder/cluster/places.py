"""The machines of a cluster, and the slots on them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec
import ray
from ray.exceptions import GetTimeoutError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from autograder import scratch
from autograder.batch import LOST, Node, Plan, Slot, decode_node, encode, this_node
from autograder.cluster.course import carried, encode_files
from autograder.cluster.suite import RemoteSuite
from autograder.digests import files_digest
from autograder.errors import HostError
from autograder.wire import Message

LOOK_S = 2.0  # between two looks at which machines there are
REST_S = 60.0  # for a machine whose processors others hold
FAILED_STARTS = 3  # in a row, after which a machine is not used any more
NO_MACHINE_S = 120.0  # without any, until a batch is given up
END_S = 10.0  # for a slot to put away what it has written


class Machine:
    """One machine of the cluster, as it is used here."""

    def __init__(self, ident: str, name: str, processors: int) -> None:
        self.ident = ident  # Ray's
        self.name = name
        self.processors = processors
        self.known = False  # whether it has told what runs there; one slot asks for all
        self.slots: set[ClusterSlot] = set()
        self.failed = 0  # starts in a row
        self.rests_until = 0.0

    def has_room(self) -> bool:
        """Whether another slot can be started there."""
        return len(self.slots) < (self.processors if self.known else 1) and time.monotonic() > self.rests_until


class ClusterSlot(Slot):
    """A suite process on a machine of the cluster, by way of a Ray actor."""

    def __init__(self, machine: Machine, actor: Any, looking: Any) -> None:
        super().__init__()
        self.machine = machine
        self.place = machine.name
        self.actor = actor
        self.awaited = looking  # the answer that is due, as Ray's reference to it; None if none is
        self.gone = False  # with its actor
        self.lost = False  # it could not be started

    def ask(self, kind: str, content: bytes) -> None:
        """Send a request; `trust` has no answer."""
        if kind == "trust":
            self.actor.tell.remote(kind, content)
        else:
            self.awaited = self.actor.ask.remote(kind, content)


class ClusterPlaces:
    """Processors of a cluster's machines: those that are there now.

    Args:
        plan: what slots are set up for.
        most: slots at a time; as many as there are processors if None.
        note: called with a line for staff on each machine that is not used.

    Raises:
        HostError: the cluster has no processors.
    """

    def __init__(self, plan: Plan, most: int | None, note: Callable[[str], None]) -> None:
        self._setup = plan.setup
        self._most = most
        self._note = note
        self._here = this_node(plan.setup.sandbox)
        files = carried(Path(plan.setup.course), plan.setup.assignment)
        self._digest = files_digest(files)
        self._files = ray.put(encode_files(files))
        self._machines: dict[str, Machine] = {}  # by Ray's name for each
        self._refused: dict[str, str] = {}  # a line on each that is not used
        self._unswept: set[str] = set()  # where a slot was killed
        self._looked_at = self._lived_at = time.monotonic()
        self._look()
        if not self._machines:
            raise HostError("the cluster has no processors; start a machine of it with --num-cpus above 0")

    def room(self) -> bool:
        """Whether another could be started now."""
        if time.monotonic() > self._looked_at + LOOK_S:
            self._look()
        used = sum(len(machine.slots) for machine in self._machines.values())
        return (self._most is None or used < self._most) and bool(self._free())

    def start(self) -> Slot:
        """Begin to start one, on the machine that has fewest."""
        machine = min(self._free(), key=lambda machine: len(machine.slots))
        actor = _actor(RemoteSuite, machine.ident, num_cpus=1, max_restarts=0, max_task_retries=0).remote()
        looking = actor.look.remote(self._setup.course, self._setup.assignment, self._setup.sandbox)
        slot = ClusterSlot(machine, actor, looking)
        machine.slots.add(slot)
        return slot

    def wait(self, slots: Collection[Slot], seconds: float) -> list[tuple[Slot, Message]]:
        """What slots say, as soon as one of them does; nothing after so many seconds."""
        due = {slot.awaited: slot for slot in slots if isinstance(slot, ClusterSlot) and slot.awaited is not None}
        if not due:
            self._expect_one(slots)
            time.sleep(min(seconds, LOOK_S))
            return []
        self._lived_at = time.monotonic()
        done, _ = ray.wait(list(due), num_returns=1, timeout=seconds)
        if done:
            done, _ = ray.wait(list(due), num_returns=len(due), timeout=0)
        heard = [(due[reference], self._hear(due[reference], reference)) for reference in done]
        return [(slot, message) for slot, message in heard if message is not None]

    def end(self, slot: Slot) -> str:
        """End a slot, whatever it does; the last thing that it said on standard error."""
        assert isinstance(slot, ClusterSlot)  # noqa: S101 - it was started here
        machine, said = slot.machine, ""
        machine.slots.discard(slot)
        try:
            if slot.awaited is None and not slot.gone:
                said = str(ray.get(slot.actor.end.remote(), timeout=END_S))
            else:
                self._unswept.add(machine.ident)
        except (RayError, GetTimeoutError):
            self._unswept.add(machine.ident)
        ray.kill(slot.actor)
        given_up = slot.lost or time.monotonic() > slot.deadline
        if slot.ready or not given_up or machine.ident not in self._machines:
            return said
        if slot.node is None and not slot.gone:
            machine.rests_until = time.monotonic() + REST_S
            return f"{machine.name} has no free processor"
        machine.failed += 1
        if machine.failed == FAILED_STARTS:
            self._refuse(machine, f"its suite processes do not stay alive{f': {said}' if said else ''}")
        return said

    def close(self) -> None:
        """Let the machines where a slot was killed remove what it has left behind."""
        self._look()
        sweeps = [_actor(scratch.sweep, ident, num_cpus=0).remote() for ident in self._unswept & {*self._machines}]
        if sweeps:
            ray.wait(sweeps, num_returns=len(sweeps), timeout=END_S)

    def _free(self) -> list[Machine]:
        return [machine for machine in self._machines.values() if machine.has_room()]

    def _look(self) -> None:
        """Find out which machines there are now."""
        self._looked_at = time.monotonic()
        alive = {node["NodeID"]: node for node in ray.nodes() if node["Alive"]}
        hosts = Counter(node["NodeManagerHostname"] for node in alive.values())
        for ident in self._machines.keys() - alive.keys():
            machine = self._machines.pop(ident)
            if machine.known:
                self._note(f"{machine.name} has left the cluster; what ran there is tried again elsewhere")
        for ident, node in alive.items():
            processors = int(node["Resources"].get("CPU", 0))
            if processors and ident not in self._machines and ident not in self._refused:
                host = node["NodeManagerHostname"]
                name = host if hosts[host] == 1 else f"{host}-{ident[:6]}"
                self._machines[ident] = Machine(ident, name, processors)

    def _expect_one(self, slots: Collection[Slot]) -> None:
        """Wait for a machine only so long."""
        if slots:
            return
        reasons = "; ".join(self._refused.values())
        if reasons and not self._machines:
            raise HostError(f"no machine of the cluster can grade: {reasons}")
        if time.monotonic() > self._lived_at + NO_MACHINE_S:
            raise HostError(f"no machine of the cluster has had a free processor for {NO_MACHINE_S:.0f} s")

    def _refuse(self, machine: Machine, why: str) -> None:
        """Do not use a machine any more."""
        self._machines.pop(machine.ident, None)
        self._refused[machine.ident] = f"{machine.name}: {why}"
        self._note(f"{machine.name} is not used: {why}")

    def _hear(self, slot: ClusterSlot, reference: Any) -> Message | None:
        """A slot's answer, unless it is about its machine; a slot whose actor is gone is lost."""
        slot.awaited = None
        try:
            answer = ray.get(reference)
        except RayError as problem:
            slot.gone = slot.lost = True
            slot.machine.rests_until = time.monotonic() + LOOK_S  # if it is lost, that will be known by then
            missing = _missing(problem)
            if missing and slot.node is None:
                self._refuse(slot.machine, missing)
            raised = f": {str(problem).strip().splitlines()[-1]}" if isinstance(problem, RayTaskError) else ""
            return Message(0, LOST, missing or f"{slot.place} or its Ray worker was lost{raised}")
        if slot.node is None:
            return self._know(slot, *answer)
        kind, body, content = answer
        slot.lost = kind == LOST
        if not slot.lost:
            slot.machine.failed = 0
        return Message(0, kind, body, [content])

    def _know(self, slot: ClusterSlot, node: bytes, course: str) -> Message | None:
        """A machine has told what runs there: start the suite process, if that is what runs here."""
        there = decode_node(node)
        if different := difference(self._here, there):
            slot.gone = True
            if slot.machine.ident in self._machines:
                self._refuse(slot.machine, different)
            return Message(0, LOST, f"{slot.place}: {different}")
        slot.machine.known = True
        slot.node = msgspec.structs.replace(there, name=slot.place)
        files = None if course == self._digest else self._files
        pin = there.cores == slot.machine.processors  # otherwise others may have the same processors
        slot.awaited = slot.actor.begin.remote(encode(self._setup), self._digest, files, pin)
        return None


def difference(here: Node, there: Node) -> str:
    """Why a machine must not grade: grades would depend on where a submission happens to be run."""
    found = []
    for what, mine in here.versions.items():
        theirs = there.versions.get(what, "none")
        if what != "platform" and theirs != mine:
            found.append(f"{what} {theirs} there, {mine} here")
    if not found and there.engine != here.engine:
        found.append(f"its autograder {there.versions['engine']} is another copy than this one")
    if there.isolation.grade != here.isolation.grade:
        reasons = "; ".join(there.isolation.reasons.values())
        found.append(f"student code cannot be walled in as here ({here.isolation.grade}): {reasons}")
    return ", ".join(found)


def _actor(what: Any, ident: str, **options: Any) -> Any:
    """A class or function of ours, to be run on that machine and no other."""
    place = NodeAffinitySchedulingStrategy(ident, soft=False)
    return ray.remote(what).options(scheduling_strategy=place, **options)


def _missing(problem: RayError) -> str:
    """What a Ray worker could not import, as a line; empty if it failed for another reason."""
    lines = [line.strip() for line in str(problem).splitlines() if "No module named" in line]
    return f"autograder with its extra ray is not installed there ({lines[-1]})" if lines else ""

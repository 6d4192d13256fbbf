"""The executor that `--cluster` asks for."""

from __future__ import annotations

from collections.abc import Callable

from autograder.batch import Places, Plan, SlotExecutor
from autograder.cluster.joining import join, part
from autograder.cluster.places import ClusterPlaces


class RayExecutor(SlotExecutor):
    """Suite processes on the machines of a Ray cluster. Use it as a context manager.

    Args:
        address: the cluster's, as HOST:PORT; this machine must be one of it.
        slots: how many submissions are graded at a time; as many as the cluster has processors if None.
        on_note: called with a line for staff, as on a machine that cannot be used.

    Raises:
        HostError: there is no such cluster, or it lets anybody in.
    """

    def __init__(
        self, address: str, slots: int | None = None, *, on_note: Callable[[str], None] = lambda _line: None
    ) -> None:
        super().__init__()
        self._most = slots
        self._note = on_note
        join(address)

    def __enter__(self) -> RayExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        part()

    def places(self, plan: Plan) -> Places:
        """The cluster's machines."""
        return ClusterPlaces(plan, self._most, self._note)

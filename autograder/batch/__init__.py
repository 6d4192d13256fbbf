"""Many submissions at once: an executor takes submissions and gives results as they come.

`plan` says what goes in and out, `run` hands submissions to suite processes and replaces those that are lost, `local`
starts these on this machine. `autograder.cluster` starts them on others.
"""

from autograder.batch.local import LocalExecutor, SuiteProcess
from autograder.batch.node import Node, decode_node, this_node, versions
from autograder.batch.plan import (
    Executor,
    Graded,
    Plan,
    SlotJob,
    SlotResult,
    SlotSetup,
    decode_broken,
    decode_job,
    decode_setup,
    decode_submission,
    encode,
)
from autograder.batch.run import LOST, MAX_ATTEMPTS, Places, Slot, SlotExecutor

__all__ = [
    "LOST",
    "MAX_ATTEMPTS",
    "Executor",
    "Graded",
    "LocalExecutor",
    "Node",
    "Places",
    "Plan",
    "Slot",
    "SlotExecutor",
    "SlotJob",
    "SlotResult",
    "SlotSetup",
    "SuiteProcess",
    "decode_broken",
    "decode_job",
    "decode_node",
    "decode_setup",
    "decode_submission",
    "encode",
    "this_node",
    "versions",
]

"""Grading on a Ray cluster: the same slots, on other machines.

`joining` finds out whether a cluster may be trusted and joins it, `places` starts suite processes on its machines,
`suite` is what runs there, `course` takes the course's files along. Imported only where a cluster is asked for.
"""

from autograder.cluster.executor import RayExecutor

__all__ = ["RayExecutor"]

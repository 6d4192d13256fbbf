"""The trusted side of the wire: a submission as the suites see it.

```
faults   what a suite can meet: the student's exceptions, and workers that broke
link     one request and its answer, over a socket to a worker process
inline   the same to a session in this process
endings  what a student reads when a worker gives no more answers
workers  where a test's `student` comes from
client   values out and in, changed arguments written back, callbacks
handle   a student's object: attributes, calls and operators go over the wire
student  the fixture: names in the student's file, probes, generators
```
"""

from autograder.remote.faults import StudentError, WorkerBroke, broke_device
from autograder.remote.handle import Handle
from autograder.remote.inline import InlineLink
from autograder.remote.link import Link, PlainLink, ProcessLink
from autograder.remote.student import Student

__all__ = [
    "Handle",
    "InlineLink",
    "Link",
    "PlainLink",
    "ProcessLink",
    "Student",
    "StudentError",
    "WorkerBroke",
    "broke_device",
]

"""Every exception that the engine raises on purpose.

```
AutograderError            one line for a person; the command line prints it and exits with `exit_code`
├── CourseError            course.yaml, assignment.yaml or a course file is wrong
├── SubmissionError        a submission cannot be read at all (a broken archive, nothing in it)
├── WorkspaceError         a student's folder is not what a command needs
├── ReleaseError           a template cannot be generated, or differs from its source
├── GradebookError         the gradebook cannot be opened or written
├── HostError              this machine lacks something that grading needs (exit code 3)
└── GraderFault            the grader itself failed: the outcome is `grader_error`, never a student's zero
    └── ProtocolFault      the trusted side was asked to send what cannot be sent (a suite's mistake)
```
What a student's code does wrong is not an exception of this tree: see `autograder.remote`.
"""

from __future__ import annotations


class AutograderError(Exception):
    """A problem that a person can act on: the message says where, what, and what to do."""

    exit_code = 2


class CourseError(AutograderError):
    """A course file is wrong; the message names the file and the key."""


class SubmissionError(AutograderError):
    """A submission cannot be read."""


class WorkspaceError(AutograderError):
    """A student's folder is not what a command needs; the message says what to do."""


class ReleaseError(AutograderError):
    """A student template cannot be generated, or has drifted from its source."""


class GradebookError(AutograderError):
    """The gradebook cannot be opened, migrated or written."""


class HostError(AutograderError):
    """This machine lacks something that grading needs."""

    exit_code = 3


class GraderFault(AutograderError):
    """The grader failed, not the student: points are unknown, staff are told."""


class ProtocolFault(GraderFault):
    """A suite tried to send a value that cannot cross the wire."""

"""What students handed in: folders, zip and tar archives, notebooks, .py files.

Finding and reading are two steps, so that a class of ten thousand never lies in memory: `find_submissions` looks at
names alone, `read_submission` reads one student's bytes. Nothing is ever extracted to disk, no link is followed, and
no size that an archive states is believed: bytes are counted as they are read. What cannot be accepted becomes the
one line in `Submission.problem`, so that a batch goes on; what the person who grades must settle (a path that is not
there, two students of one name) is a SubmissionError.

```
find        which paths are whose submission
read        one submission: its root, its notebook, what the student is told
containers  the bytes in folders, zips and tars
parts       one student's files in a platform's download
limits      how much one submission may hold
names       what the name of a file or folder tells
```
"""

from autograder.archive.find import Entry, Person, find_submissions
from autograder.archive.read import read_files, read_submission

__all__ = ["Entry", "Person", "find_submissions", "read_files", "read_submission"]

"""The gradebook: every grade that was ever given, in one SQLite file; rows are added and never changed.

```
connection  opening the file, bringing its schema up to date, one clear line when that fails
store       recording grades and reading them back
attempts    one attempt as rows, written and read back
rows        the model as columns, and back
roster      names and platforms' ids of students, which can be erased
kept        what was handed in, which can be erased
chain       a hash chain over attempts and marks
schema/     the tables, as numbered SQL files that are applied in order
```
"""

from autograder.gradebook.attempts import HandIn, Origin
from autograder.gradebook.rows import RecordedGrade
from autograder.gradebook.store import Gradebook

__all__ = ["Gradebook", "HandIn", "Origin", "RecordedGrade"]

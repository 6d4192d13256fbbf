"""The gradebook: every grade that was ever given, in one SQLite file; rows are added and never changed.

```
connection  opening the file, bringing its schema up to date, one clear line when that fails
store       recording grades and reading them back
rows        the model as columns, and back
schema/     the tables, as numbered SQL files that are applied in order
```
"""

from autograder.gradebook.rows import RecordedGrade
from autograder.gradebook.store import Gradebook

__all__ = ["Gradebook", "RecordedGrade"]

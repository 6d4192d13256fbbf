"""The gradebook: every grade that was ever given, in one SQLite file; rows are added and never changed.

```
connection  opening the file, bringing its schema up to date, one clear line when that fails
store       recording grades and reading them back
schema/     the tables, as numbered SQL files that are applied in order
```
"""

from autograder.gradebook.store import Gradebook, RecordedGrade

__all__ = ["Gradebook", "RecordedGrade"]

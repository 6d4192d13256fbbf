"""What platforms export, as submissions of students: whose each file is, when it was handed in, which attempt it is.

```
platforms   the naming of Canvas, Moodle, Blackboard and Gradescope, and of repositories; no files are opened
bulk        a platform's download, zip or folder, as entries
roster      who is who: a CSV of the instructor's own, or a file that a platform exports
take        all of it: entries with students' names, and what must be told to a person
```
"""

from autograder.intake.roster import Roster, read_roster
from autograder.intake.take import Intake, take_in

__all__ = ["Intake", "Roster", "read_roster", "take_in"]

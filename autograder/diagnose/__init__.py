"""Which known mistake a submission holds: its cases compared with those of the mistakes kept beside the suite.

```
marks   how a case ended, with the values that its assertion was shown
naming  which mistakes explain what a submission failed; pure
bank    the marks of the known mistakes, found when they are first needed
run     a submission's cases with names in their feedback, within a budget of time
```
A name is given only where a mistake fails nothing that the submission passes, and ends in the same way, with the same
values, wherever it fails.
"""

from autograder.diagnose.run import Budget, Diagnosis

__all__ = ["Budget", "Diagnosis"]

"""Which known mistake a submission holds: its cases compared with those of the mistakes kept beside the suite.

```
marks   how a case ended, with the values that its assertion was shown
naming  which mistakes explain what a submission failed; pure
bank    the marks of the known mistakes, found when they are first needed
run     a submission's cases with names in their feedback, within a budget of time
```
A name is given only where a mistake fails just what the submission fails in a question, and ends in the same way: with
the same values, or, where these say nothing, with the same words and numbers that are near.
"""

from autograder.diagnose.bank import Bank
from autograder.diagnose.run import Budget, Diagnosis

__all__ = ["Bank", "Budget", "Diagnosis"]

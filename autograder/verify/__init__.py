"""Suites put to the test: what must lose points loses them, what is right earns everything, over many seeds.

```
trials   reference, stubs, known mistakes and right variants through the real grading path
judge    what is wrong with a suite, by question; pure
table    the same for a terminal and as JSON
page     the same as a page for the course's author
```
"""

from autograder.verify.judge import Finding, QuestionReport, judge
from autograder.verify.trials import Kind, Trial, Variant, run_trials, variants_of

__all__ = ["Finding", "Kind", "QuestionReport", "Trial", "Variant", "judge", "run_trials", "variants_of"]

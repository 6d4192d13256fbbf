"""The same labs on other platforms: nbgrader courses, otter packages, Gradescope autograders.

```
hidden      the folder of tests that graders have and students do not, and the digest that tells it from another
notebooks   a lab's notebook with the reference in it, as an author's notebook of each platform
prove       which cases the reference passes, before anything is handed out
kernel      what test cells call, in the student's process
server      the process beside it: the suite, and workers for the student's code
nbgrader    a course directory; grades into nbgrader's gradebook
stubs       nbgrader's ClearSolutions, but with the stubs that students get everywhere else
otter       the notebook for `otter assign`, and what that makes of it
gradescope  the zip for Gradescope; `python -m autograder.interop.container` runs in its container
classroom50 a workflow that writes Classroom 50's result.json
```
nbgrader and otter are imported inside functions, and only here.
"""

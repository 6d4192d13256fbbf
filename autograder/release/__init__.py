"""What students receive, generated from the annotated reference solution.

In `solutions/<lab>/`, everything between `# BEGIN SOLUTION` and `# END SOLUTION` stays with the course. Inside a
function such a block becomes `raise NotImplementedError("Question 1.6: Softmax cross-entropy")`; elsewhere it goes.
The question is the one of the last heading above, `# ---- Question 1.6: Softmax cross-entropy ----`.

```
stub      one file without its solution blocks
template  the whole folder: building, writing, drift; the same as a zip
notebook  the handout and the stubs as a notebook
leaks     what must not get out
```
"""

from autograder.release.stub import render_stub
from autograder.release.template import build_template, build_zip, check_template, write_template

__all__ = ["build_template", "build_zip", "check_template", "render_stub", "write_template"]

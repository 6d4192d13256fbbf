"""Notebooks as cells and files, and for which questions they count.

```
read    a .ipynb file becomes code cells that plain Python can run, and the files that its cells write
graders calls of graders in cells, which are not run again
history what a running notebook has executed so far
choice  a question's file, or the cells
```
"""

from autograder.notebook.choice import cells_for, has_work, ignores_cells, is_stub, uses_cells
from autograder.notebook.read import MAX_CODE_CHARACTERS, NotebookContent, plain_path, plain_text, read_notebook

__all__ = [
    "MAX_CODE_CHARACTERS",
    "NotebookContent",
    "cells_for",
    "has_work",
    "ignores_cells",
    "is_stub",
    "plain_path",
    "plain_text",
    "read_notebook",
    "uses_cells",
]

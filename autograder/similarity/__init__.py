"""Submissions that are more alike than chance: evidence for a conversation, never a penalty.

Winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) over Python's tokens: what a name, number or text is does not
count, nor do comments and layout, so renaming hides nothing. What the starter code holds and what most
of the class has is left out.

```
winnow   tokens, fingerprints, groups; pure
page     groups and the evidence side by side, as HTML
```
"""

from autograder.similarity.page import write_similarity
from autograder.similarity.winnow import Group, Match, Source, compare, read_source

__all__ = ["Group", "Match", "Source", "compare", "read_source", "write_similarity"]

"""What people read about grades: HTML pages for students and staff, and text for the terminal.

```
safe      student-made text without control characters, bidi overrides and the like
figures   what is counted: remarks, the next step, pass rates, histogram
strength  which tests tell strong students from weak ones; speed over a class
html      the pages as strings, from templates/
folder    the pages as files
text      the same for the terminal
```
"""

"""What the command line shows.

```
batch    a batch while it is graded, and its summary; one student's report for staff
check    a student's self-check
next     what to do next, and where
tables   how to begin, the list of questions, hints, what was packed
signs    before questions and tests
progress a bar while something longer runs
```
"""

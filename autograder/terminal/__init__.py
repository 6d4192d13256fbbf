"""What the command line shows.

```
batch  a batch while it is graded, and its summary; one student's report for staff
check  a student's self-check, progress and next step
```
"""

"""The folder that a student works in: made, read, checked, handed in.

```
folder    what lies where: the student's files, what was received, what was checked last
start     a release becomes such a folder
checker   the public tests, run as grading would run them
names     what students type, as questions and files
places    where a question begins, what a public test calls
progress  what the last check of each question said
reset     a question or a file back to what was received
submit    the zip to hand in
```
"""

"""Speed checks: a student's time against the reference's, measured from the trusted side alone.

```
statistics  medians and their intervals, from ranks
policy      when a check has seen enough, and what it comes to; pure
memory      memory that is shared with a worker: values in, results out
gpu         the same on a GPU, and whether that does nothing else
freezing    all processes of a worker stopped, or running
racer       one worker that makes the timed call, one window at a time
race        pairs of windows, in random order, every result checked
preflight   whether this machine can tell a ratio at all
load        a lab's workloads and oracles
checker     one submission's checks
verdict     what the grader and the checking process tell each other
server      the trusted process that does the checking
driver      (the grader's) starts that process, asks it
lock        one check at a time on a machine
cases       speed checks as cases of a grade: gated, waiting or measured; pure
bench       a student's own check, against a yardstick
table       the ratio of every known variant, for authors
```
"""

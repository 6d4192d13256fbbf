"""The untrusted side: where student code runs, and how it is walled in.

```
launch      (trusted) starts a warm parent, asks it for workers, ends them
spawn       (trusted) starts plain workers
parent      the warm parent: imports NumPy and the like once, then forks one worker after another
supervisor  its hold on one worker: forks it, watches it, reports how it ended, leaves nothing behind
child       limits itself, then serves requests
plain       the same where processes cannot be forked: a process of its own, without limits
server      the loop that serves requests
session     the objects and operations of one worker; the same code serves a self-check in process
operations  torch operations that a question does without
devices     whether code follows its arguments' device
loader      the student's files and notebook cells as modules
probes      the lab's own module beside them
sandbox     how the layers are put together around one worker
walls       namespaces and roots for workers, made by a process that holds little
isolation   (trusted) which of them hold on this host
timed       a prepared call, for speed checks
cuda        begins CUDA in a worker, after the fork
device_memory  memory on a GPU that the trusted side and a worker share
gpus        (trusted) which GPU there is, and who uses it
layers/     one module for each layer of isolation
```
A worker never sees a suite, a reference, an expected value or a clock that counts.
"""

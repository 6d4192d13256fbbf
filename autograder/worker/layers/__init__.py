"""The layers of isolation, one module each. Each promises one thing and knows nothing of the others.

| layer | promise |
|---|---|
| `identity` | student code is neither root nor the grader's user, and has no capability |
| `namespaces` | it sees no other process, no network, no shared memory of the host |
| `root` | a fresh read-only root with only the listed paths, and sized folders to write to |
| `bubblewrap` | the same two, made by bubblewrap |
| `landlock` | no file outside the listed paths, whatever the root shows |
| `seccomp` | no system call outside the list |
| `rlimits` | one process stays within memory, open files and file size |
| `watchdog` | all processes together stay within memory and number, none is left behind |

`kernel` makes the system calls; `worker.sandbox` puts the layers together, `worker.isolation` tries which of them this
host gives.
"""

"""What the machine tells: /sys, /proc/kallsyms, /proc/net, /proc/kcore, cgroups, mounts of the host.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
from tools import each, read


def attack():
    return each(read, ("/proc/kallsyms", "/proc/net/unix", "/proc/net/tcp", "/proc/kcore", "/proc/sys/kernel/core_pattern",
                       "/proc/sysrq-trigger", "/proc/config.gz", "/proc/cmdline", "/proc/interrupts", "/proc/keys",
                       "/sys/kernel/notes", "/sys/kernel/debug", "/sys/fs/cgroup/cgroup.procs",
                       "/sys/class/dmi/id/product_uuid", "/sys/class/net/lo/address"))

"""Raising its own limits.

layer: rlimits
"""
import resource

from tools import attempt, first


def higher(name):
    which = getattr(resource, name)
    _, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY:
        raise ValueError("there is none")
    resource.setrlimit(which, (hard + 1, hard + 1))
    return name


def attack():
    names = ("DATA", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK", "MSGQUEUE")
    return first(*(attempt(higher, f"RLIMIT_{name}") for name in names))

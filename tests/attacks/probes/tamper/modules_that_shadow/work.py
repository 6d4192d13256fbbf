"""Modules named torch, numpy, pytest, autograder and msgspec beside the submission.

layer: split
outcome: failed
"""
import numpy


def twice(x):
    return x

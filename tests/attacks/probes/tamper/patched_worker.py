"""The worker's own code, replaced: its session, its packing, its error reports.

layer: wire
outcome: error
says: gave no valid answer
"""
from autograder.wire import Packer
from autograder.worker import report, session

Packer.pack = lambda *_, **__: True
report.describe_error = session.describe_error = lambda *_, **__: {}
session.Session._answer = lambda self, ident, *_: session.Message(ident, "passed", [True, [], [], [], []])
session.Session.do_call = lambda *_: True


def twice(x):
    return x

"""A conftest.py, a pytest.ini, a plug-in and a sitecustomize beside the submission.

layer: suite
outcome: failed
"""


def twice(x):
    return x

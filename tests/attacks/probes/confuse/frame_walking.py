"""The grader's frames, looked for from inside a call and from inside a function of the tests.

layer: split
question: "3"
outcome: error
says: raised ValueError
"""
import gc
import sys
import types


def found():
    current, names = sys._getframe(), []
    while current is not None:
        names += [name for name in current.f_locals if name in ("student", "rng", "TOKEN", "SECRET_INPUT")]
        current = current.f_back
    modules = [name for name in sys.modules if "oracle" in name or "hidden" in name or name.startswith("pytest")]
    modules += [o.__name__ for o in gc.get_objects() if type(o) is types.ModuleType and hasattr(o, "SECRET_INPUT")]
    return names + modules


def apply(function, x):
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    secrets = found() + [cell for cell in cells if isinstance(cell, list) and cell == []]
    raise ValueError(f"ESCAPED: {secrets}" if secrets else "refused: there is nothing")

"""Imports go one way: a module imports only from layers below its own, or from its own package."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1] / "autograder"

# From the bottom up, as in CONTRIBUTING.md.
LAYERS = [
    ["errors"],
    ["rules", "speed_rules", "rounding", "wording"],
    ["model"],
    ["wire", "testing", "workloads", "strict_yaml", "scratch", "headings", "policies", "sheet"],
    ["course", "notebook", "scoring", "worker"],
    ["archive", "release", "variants", "remote", "gradebook", "report", "digests", "scaffold"],
    ["feedback", "batch", "standing", "carry", "marking", "intake", "similarity"],
    ["suite", "speed", "jobs", "export", "likeness", "cluster"],
    ["diagnose"],
    ["slot", "grading", "workspace"],
    ["regrading", "timing", "interop", "verify"],
    ["terminal", "exporting"],
    ["cli", "live"],
]
RAY = re.compile(r"^\s*(import|from) ray\b", re.MULTILINE)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path: Path) -> set[str]:
    """The engine's modules that a file imports, by the name below `autograder`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            found |= {name for name in names if name != "__version__"}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("autograder.")}
    return found


def test_every_module_has_its_layer():
    """A new module is put into the list, and into CONTRIBUTING.md."""
    modules = {path.stem if path.is_file() else path.name for path in ROOT.iterdir() if path.name[0] not in "_."}
    assert modules - {"py", "suite.ini"} == set(LEVEL)
    text = (ROOT.parent / "CONTRIBUTING.md").read_text()
    assert [name for name in LEVEL if f"`{name}`" not in text] == []


def test_imports_go_down():
    """Never up, and never sideways."""
    wrong = []
    for path in ROOT.rglob("*.py"):
        relative = path.relative_to(ROOT).with_suffix("")
        own = relative.parts[0]
        if own in ("__init__", "__main__"):
            continue
        wrong += [f"{relative} imports {name}" for name in imports(path) if name != own and LEVEL[name] >= LEVEL[own]]
    assert wrong == []


def test_modules_stay_short():
    """About 300 lines: what does not fit has two jobs."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ROOT.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 330} == {}


def modules_after(code: str) -> set[str]:
    run = [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"]
    return set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())


def test_the_command_line_starts_light():
    """No NumPy, pytest or torch until a command needs it."""
    assert not {"numpy", "pytest", "torch", "rich", "jinja2"} & modules_after("import autograder.cli")


def test_the_driver_of_a_batch_imports_neither_pytest_nor_torch():
    """Suites run in processes of their own."""
    assert not {"pytest", "torch", "ray"} & modules_after("import autograder.grading, autograder.terminal.batch")


def test_nothing_but_the_cluster_imports_ray():
    """It is an extra, and takes a second to import; only `--cluster` asks for the module."""
    with_ray = {path.relative_to(ROOT).parts[0] for path in ROOT.rglob("*.py") if re.search(RAY, path.read_text())}
    assert with_ray == {"cluster"}
    users = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if "cluster" in imports(path)}
    assert {name for name in users if not name.startswith("cluster/")} == {"cli/options.py"}


def test_the_worker_imports_nothing_of_the_trusted_side():
    """What is not imported cannot be found by a student's code."""
    code = "import autograder.slot.__main__, autograder.worker.parent, autograder.worker.child"
    loaded = {name for name in modules_after(code) if name.startswith("autograder.")}
    tops = {name.split(".")[1] for name in loaded}
    assert tops <= {"errors", "rules", "speed_rules", "model", "slot", "wire", "worker"}
    assert {name for name in loaded if name.startswith("autograder.slot.")} == {"autograder.slot.__main__"}
    assert "autograder.worker.launch" not in loaded

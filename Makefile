# Everything starts from a clone and Python 3.11 or later; `make demo` and `make test` set up what they need.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
LABS   := lab1 lab2 lab3
# `make gpu` installs nothing: this Python must have torch with CUDA, NumPy, pytest, click and rich.
GPU_PYTHON ?= $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON))
WHEELS     ?= $(wildcard build/wheels)

.PHONY: help setup demo test prove verify verify-all diagnosis interop attacks fuzz load quick lint bench bench-peers bench-scale bench-speed gpu wheels release clean

help:           ## show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml
	@echo "Setting up $(VENV) (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c "import torch" 2>/dev/null || $(BIN)/pip install --quiet torch==2.13.0
	@$(BIN)/pip install --quiet --editable ".[dev]"
	@touch $@

setup: $(READY) ## make the virtual environment

demo: setup     ## grade the known submissions of all labs into build/demo
	@for lab in $(LABS); do $(BIN)/autograder grade $$lab tests/submissions/$${lab}_* --again --out build/demo || test $$? -eq 1 || exit 1; done

test: setup lint ## run all checks and tests
	$(BIN)/pytest -m "not proof and not interop and not attacks"

prove: setup    ## grade what is known of Labs 2 and 3: mistakes, right variants, submissions; 20 seeds; classes of 200 (many minutes)
	$(BIN)/pytest -m proof

verify: setup   ## put every suite to the test under one seed: a table for each lab, pages in build/verify
	$(BIN)/autograder verify --save build/verify

verify-all: setup ## the same under 20 seeds (an hour)
	$(BIN)/autograder verify --seeds 20 --save build/verify

attacks: setup  ## grade every hostile submission, in every grade of the sandbox, and print what came of each
	$(BIN)/python tests/attack_suite.py
	$(BIN)/pytest -m attacks

interop: setup  ## run whole labs through nbgrader, otter and Gradescope's scripts (takes many minutes)
	$(BIN)/pytest -m interop

diagnosis: setup ## how often known mistakes, written a second time or left out of the bank, get the right name or none (half an hour)
	$(BIN)/python tests/test_accuracy.py

quick: setup    ## run the tests that take less than ten seconds each
	$(BIN)/pytest -m "not slow and not proof and not interop and not attacks" -x

lint: setup     ## ruff, mypy, and drift of the student template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check autograder tests benchmarks
	$(BIN)/mypy
	@for lab in $(LABS); do $(BIN)/autograder release $$lab --check || exit 1; done

fuzz: setup     ## feed what reads foreign bytes with hundreds of thousands of hostile inputs (minutes; better with atheris)
	$(BIN)/python tests/fuzz.py

load: setup     ## grade a class with hostile submissions in it while the grader is killed again and again (minutes)
	$(BIN)/python benchmarks/load.py

bench: setup    ## measure workers, calls, throughput and the references on this machine
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/references.py

bench-peers: setup ## submissions a minute in nbgrader, otter and this engine, side by side
	$(BIN)/python benchmarks/peers.py

bench-scale: setup ## grade a class of 10,000, and 1,000 submissions of Lab 1, with a grader that is killed on the way
	$(BIN)/python benchmarks/scale.py $(ARGS)

bench-speed: setup ## measure whether speed checks can be trusted on this machine: A/A, 1.1, 1.5 and 2 times the work
	$(BIN)/python benchmarks/speed.py $(ARGS)

gpu:            ## everything that needs a GPU, in under ten minutes: writes docs/gpu-results.md; installs nothing
	WHEELS="$(WHEELS)" $(GPU_PYTHON) benchmarks/gpu.py $(ARGS)

wheels: setup   ## what a GPU machine's Python 3.12 may lack, into build/wheels, to be brought along
	$(BIN)/pip install --quiet --upgrade --target build/wheels --python-version 3.12 --only-binary :all: --no-deps \
		--platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 msgspec jinja2 markupsafe pyyaml

release: setup  ## generate the student templates from the reference solutions
	@for lab in $(LABS); do $(BIN)/autograder release $$lab; done

clean:          ## remove what was built; the virtual environment stays
	rm -rf build grades .pytest_cache .mypy_cache .ruff_cache

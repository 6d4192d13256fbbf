"""A short run of `make fuzz`, the same each time, and every input that ever found something."""

import fuzz_targets
import pytest

RUNS = {"wire": 3000, "submission": 600, "yaml": 1000}


@pytest.fixture(autouse=True, scope="module")
def nothing_left():
    yield
    fuzz_targets.clean_up()


@pytest.mark.parametrize("target", fuzz_targets.TARGETS)
def test_what_honest_peers_send_is_read(target):
    """The seeds of each target are accepted."""
    run, seeds = fuzz_targets.TARGETS[target]
    for content in seeds():
        run(content)


@pytest.mark.parametrize("target", fuzz_targets.TARGETS)
def test_what_was_found_stays_mended(target):
    """Inputs that once let a foreign exception out, or took without end."""
    for path in fuzz_targets.found_before(target):
        fuzz_targets.TARGETS[target][0](path.read_bytes())


@pytest.mark.parametrize("target", RUNS)
def test_mutated_inputs_find_nothing(target):
    """Nothing but the project's own errors comes out."""
    assert fuzz_targets.found_by_mutation(target, RUNS[target], seed=1) is None


def test_a_target_can_fail():
    """A foreign exception is a finding, and so is a value that is not plain."""
    with pytest.raises(AssertionError):
        fuzz_targets._check_plain([object()])
    with pytest.raises(AssertionError):
        fuzz_targets._check_plain({"a": (1, lambda: None)})

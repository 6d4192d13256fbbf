"""Lab 2, group, layer and instance normalization: the tests that grade."""

import probes
import torch
from oracles_normalization import group_norm, varied

from autograder.testing import assert_close, assert_equal, check, hint, question, weight

pytestmark = question("2.6")

# Numbers are so large that eps, 1e-5 where nothing else is asked for, is noticed in no test but its own.


def batch(rng, *shape, dtype=torch.float64):
    """x with channels of different means and spreads, gamma and beta."""
    per_channel = (1, shape[1]) + (1,) * (len(shape) - 2)
    spread, centre = rng.uniform(100, 600, size=per_channel), rng.uniform(-600, 600, size=per_channel)
    values = varied(rng, shape) * spread + centre, rng.normal(size=shape[1]), rng.normal(size=shape[1])
    return tuple(torch.from_numpy(value).to(dtype) for value in values)


def assert_group_norm(student, rng, shape, groups, rule):
    """Compare y of a batch."""
    x, gamma, beta = batch(rng, *shape)
    expected = group_norm(x, groups, gamma, beta)
    y = student.group_norm(x, groups, gamma, beta)
    assert_close(y, expected, what=f"y of x with {len(shape)} axes", rule=rule)


@weight(2)
@hint(
    "`groups` says how many groups there are, each of C / groups neighbouring channels; average over all their places."
)
def test_groups_of_images(student, rng):
    """Groups of neighbouring channels share one mean and one biased variance, for images."""
    for shape, groups in (((3, 6, 4, 5), 2), ((2, 6, 3, 2), 3), ((2, 12, 2, 3), 3), ((1, 8, 3, 4), 2)):
        assert_group_norm(student, rng, shape, groups, "one mean and one biased variance for each group of a sample")


@hint("Let the places be whatever stands behind axis 1: two axes, one, three or none at all.")
def test_any_number_of_axes(student, rng):
    """Plain samples, sequences and volumes work as images do."""
    for shape, groups in (((5, 6), 2), ((4, 6, 7), 3), ((2, 4, 2, 3, 2), 2), ((1, 9), 3)):
        rule = "the places of a channel are all numbers behind axis 1"
        assert_group_norm(student, rng, shape, groups, rule)


@hint("With groups = 1 a group is a whole sample, with groups = C it is one channel of a sample.")
def test_one_group_and_a_group_for_each_channel(student, rng):
    """One group, and as many groups as channels, are groups like any other."""
    for shape in ((3, 6, 4, 5), (4, 6, 7)):
        for groups in (1, 6):
            assert_group_norm(student, rng, shape, groups, "one mean and one variance for each group of a sample")


@weight(1.5)
@hint("Layer norm averages over channels and places together, and never over samples.")
def test_layer_norm(student, rng):
    """Layer norm has one mean and one variance for each sample."""
    for shape in ((5, 6), (3, 4, 2, 5), (1, 6, 7), (4, 3, 2)):
        x, gamma, beta = batch(rng, *shape)
        expected = group_norm(x, 1, gamma, beta)
        y = student.layer_norm(x, gamma, beta)
        assert_close(y, expected, what=f"y of x with {len(shape)} axes", rule="over all axes but axis 0")


@weight(1.5)
@hint("Instance norm averages over the places of a channel, and never over channels or samples.")
def test_instance_norm(student, rng):
    """Instance norm has one mean and one variance for each channel of each sample."""
    for shape in ((3, 4, 2, 5), (1, 6, 7), (4, 3, 2), (2, 5, 3, 3)):
        x, gamma, beta = batch(rng, *shape)
        expected = group_norm(x, shape[1], gamma, beta)
        y = student.instance_norm(x, gamma, beta)
        assert_close(y, expected, what=f"y of x with {len(shape)} axes", rule="over all axes but axes 0 and 1")


@hint("eps is added to the variance before the root is taken; all three functions use the one that they are given.")
def test_eps(student, rng):
    """eps is part of the root in all three functions; it is 1e-5 where it is not given."""
    for eps, options in ((0.2, {"eps": 0.2}), (3.0, {"eps": 3.0}), (1e-5, {})):
        x, gamma, beta = batch(rng, 3, 6, 2, 3)
        x = x * (eps**0.5 / 300)  # variances about as large as eps
        rule = "sqrt(var + eps)"
        for groups, y in (
            (2, student.group_norm(x, 2, gamma, beta, **options)),
            (1, student.layer_norm(x, gamma, beta, **options)),
            (6, student.instance_norm(x, gamma, beta, **options)),
        ):
            name = {1: "layer_norm", 2: "group_norm", 6: "instance_norm"}[groups]
            assert_close(y, group_norm(x, groups, gamma, beta, eps), what=f"y of {name}", rule=rule)


@hint("A group that never varies has variance 0: eps keeps the division from failing.")
def test_nothing_varies(student, rng):
    """Where all numbers of a group are the same, each channel becomes its beta."""
    x, gamma, beta = batch(rng, 3, 6, 2, 2)
    x[1, 2:4] = 250.0
    expected = group_norm(x, 3, gamma, beta)
    assert_close(student.group_norm(x, 3, gamma, beta), expected, what="y", rule="0 / sqrt(0 + eps) is 0")
    x, gamma, beta = batch(rng, 4, 5)
    y = student.instance_norm(x, gamma, beta)
    assert_close(
        y, beta.expand(4, 5), what="y of a single place in each channel", rule="a single number has variance 0"
    )


@hint("Use reshape in place of view: it copies where the memory is not in the order that a view needs.")
def test_any_memory_layout(student, rng):
    """Images that are stored channels last, turned, or cut out of larger ones work like any other."""
    x, gamma, beta = batch(rng, 2, 6, 3, 4)
    expected = group_norm(x, 2, gamma, beta)
    for name, stored in (
        ("channels last", x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)),
        ("rows and columns swapped", x.transpose(2, 3).contiguous().transpose(2, 3)),
        ("cut out of larger images", torch.nn.functional.pad(x, (1, 2, 1, 1))[:, :, 1:-1, 1:-2]),
    ):
        assert_close(student.group_norm(stored, 2, gamma, beta), expected, what=f"y of images stored {name}")


@hint("Look whether C is a multiple of groups before you reshape: a reshape may fit by accident, and mix channels.")
def test_groups_that_do_not_fit(student, rng):
    """A number of groups that does not divide the channels raises ValueError, also where a reshape would work."""
    for shape, groups in (((2, 6, 2, 2), 4), ((2, 6, 3), 4), ((3, 4, 6), 8)):
        x, gamma, beta = batch(rng, *shape)
        expected = group_norm(x, 2, gamma, beta)
        assert_close(student.group_norm(x, 2, gamma, beta), expected, what="y of groups that fit")
        try:
            student.group_norm(x, groups, gamma, beta)
        except ValueError:
            continue
        check(False, "groups that do not fit raise no ValueError", f"{groups} groups of {shape[1]} channels")


@hint("Use neither .float() nor .double(), and make new tensors with the dtype of x.")
def test_dtypes(student, rng):
    """y has the dtype of x, and is as exact as that allows, in float32 and in float64."""
    for dtype, rtol in ((torch.float32, 1e-4), (torch.float64, 1e-6)):
        name = str(dtype).removeprefix("torch.")
        x, gamma, beta = batch(rng, 8, 6, 5, 5, dtype=dtype)
        for groups, y in (
            (2, student.group_norm(x, 2, gamma, beta)),
            (1, student.layer_norm(x, gamma, beta)),
            (6, student.instance_norm(x, gamma, beta)),
        ):
            expected = group_norm(x, groups, gamma, beta)
            assert_close(y, expected, rtol=rtol, relative_to_largest=True, what=f"y in {name}")
            check(getattr(y, "dtype", None) is dtype, f"y of {name} numbers is not {name}")


@weight(0.5)
@hint("Work on new tensors, keep nothing from one call to the next, and return a new tensor each time.")
def test_calls_do_not_disturb_each_other(student, rng):
    """No argument is changed, and results of a call stay right after later calls."""
    calls = []
    for shape, groups in (((2, 6, 3, 2), 3), ((2, 6, 3, 2), 2), ((2, 6, 3, 2), 3)):
        x, gamma, beta = batch(rng, *shape)
        calls.append([x, groups, gamma, beta])
    before = [[value.clone() if torch.is_tensor(value) else value for value in call] for call in calls]
    results = student.run(probes.call_each, student.group_norm, calls)
    for call, then, y in zip(calls, before, results, strict=True):
        assert_close(y, group_norm(*then), what="y", rule="unchanged by later calls")
        for name, now, value in zip(("x", "gamma", "beta"), call[:1] + call[2:], then[:1] + then[2:], strict=True):
            assert_equal(now.numpy(), value.numpy(), what=f"{name} after the calls", rule="as it was before")

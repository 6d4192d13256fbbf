"""Lab 2, data augmentation: the tests that grade."""

import math

import numpy as np
import probes
import pytest
import torch
from oracles_augmentation import colours_of, corners_of, explain

from autograder.testing import (
    as_array,
    assert_equal,
    assert_follows_device,
    assert_shape,
    check,
    hint,
    question,
    weight,
)

pytestmark = question("2.10")

SIGMAS = 5.5  # by chance once in 26 million
TOLERANCE = 2e-5  # float32 values below 1, a few operations each, and a fit over a spread of about 0.01


def noise(rng, samples, channels=2, height=4, width=6, dtype=torch.float32):
    """Pictures of values between 0.25 and 0.75, no two of them equal in practice."""
    return torch.tensor(rng.uniform(0.25, 0.75, size=(samples, channels, height, width))).to(dtype)


def seed_from(rng):
    """Any seed."""
    return int(rng.integers(1 << 30))


def batch(result, x):
    """The student's pictures as an array, which must have the shape and the dtype of x."""
    assert_shape(result, tuple(x.shape), "the pictures", "the shape of x")
    check(str(getattr(result, "dtype", None)) == str(x.dtype), "the pictures do not have the dtype of x")
    pictures = as_array(result, "the pictures")
    check(bool(np.isfinite(pictures).all()), "the pictures are not all finite")
    return pictures


def check_share(found, expected, what):
    """A share of independent events is what it should be."""
    sigma = math.sqrt(expected * (1 - expected) / len(found))
    detail = f"expected {expected:.3f}, got {np.mean(found):.3f} of {len(found)}"
    check(abs(np.mean(found) - expected) <= SIGMAS * sigma, what, detail)


def check_unrelated(first, second, what):
    """Two series of numbers have no correlation."""
    first, second = first - np.mean(first), second - np.mean(second)
    value = np.mean(first * second) / max(np.std(first) * np.std(second), 1e-12)
    check(abs(value) <= SIGMAS / math.sqrt(len(first)), what, f"correlation {value:.3f} over {len(first)} pictures")


@weight(1.5)
@hint("Mirror the last axis, W. Draw one number a picture: torch.rand(N, generator=rng) < 0.5.")
def test_flips(student, rng):
    """Each picture is mirrored left to right with probability 1/2, all channels together, independently of others."""
    for dtype, channels in [(torch.float32, 3), (torch.float64, 1)]:
        x = noise(rng, 400, channels, dtype=dtype)
        out = batch(student.random_flip(x.clone(), student.torch_rng(seed_from(rng))), x)
        same = (out == x.numpy()).all(axis=(1, 2, 3))
        mirrored = (out == x.numpy()[..., ::-1]).all(axis=(1, 2, 3))
        check(
            (same | mirrored).all(), "a picture is neither what it was nor mirrored left to right, all channels alike"
        )
        check_share(mirrored, 0.5, "pictures are not mirrored with probability 1/2")
        check_unrelated(mirrored, np.roll(mirrored, 1), "whether a picture is mirrored depends on its neighbour")


@hint("Decide for each picture by itself: a batch of one is mirrored in half of the calls, too.")
def test_flips_of_single_pictures(student, rng):
    """A batch of one picture is mirrored in half of the calls."""
    x, calls = noise(rng, 1), 400
    results = student.run(probes.call_each, student.random_flip, [(x, student.torch_rng(seed_from(rng)))] * calls)
    out = np.stack([batch(result, x) for result in results])
    mirrored = (out == x.numpy()[..., ::-1]).all(axis=(1, 2, 3, 4))
    check_share(mirrored, 0.5, "a single picture is not mirrored in half of the calls")


@weight(1.5)
@hint("Zeros on all four sides, then H x W from a row and a column drawn for each picture.")
def test_crops_are_windows_of_the_padded_picture(student, rng):
    """Every picture is a window of its old size in the old picture with a black border, for any padding."""
    for (height, width), padding in [((4, 6), 1), ((7, 3), 2), ((5, 5), 3), ((2, 3), 4), ((4, 6), 0)]:
        x = noise(rng, 50, 3, height, width)
        out = batch(student.random_crop(x.clone(), padding, student.torch_rng(seed_from(rng))), x)
        corners = corners_of(x.numpy(), out, padding)
        lost = int((corners < 0).any(axis=1).sum())
        message = "a picture is no window of the old one with a border of zeros, all channels alike"
        check(lost == 0, message, f"H = {height}, W = {width}, padding = {padding}: {lost} of 50")


@hint("randint leaves out its end: randint(0, 2 * padding + 1). Rows and columns are drawn apart, for each picture.")
def test_all_windows_are_equally_likely(student, rng):
    """Every corner is as likely as any other, and pictures, rows and columns are drawn independently."""
    x = noise(rng, 900)
    out = batch(student.random_crop(x.clone(), 1, student.torch_rng(seed_from(rng))), x)
    corners = corners_of(x.numpy(), out, 1)
    for top in range(3):
        for left in range(3):
            here = (corners == (top, left)).all(axis=1)
            check_share(here, 1 / 9, "some windows are more likely than others, or there are other ones")
    for axis in range(2):
        line = corners[:, axis]
        check_unrelated(line, np.roll(line, 1), "the window of a picture depends on that of its neighbour")
    x = noise(rng, 400, 1)
    out = batch(student.random_crop(x.clone(), 3, student.torch_rng(seed_from(rng))), x)
    for axis, what in enumerate(("row", "column")):
        line = corners_of(x.numpy(), out, 3)[:, axis]
        for place in range(7):
            check_share(line == place, 1 / 7, f"not every {what} is equally likely as the first one of a window")


def coloured(student, rng, samples, strength, dtype=torch.float32):
    """Contrast and brightness of many pictures whose levels differ between pictures and between channels."""
    levels = rng.uniform(0.3, 0.7, size=(samples, 1, 1, 1)) + np.array([-0.04, 0.0, 0.05])[:, None, None]
    x = torch.tensor(levels + rng.uniform(-0.03, 0.03, size=(samples, 3, 4, 5))).to(dtype)
    out = batch(student.color_jitter(x.clone(), strength, student.torch_rng(seed_from(rng))), x)
    before = x.numpy().astype(np.float64)
    found = np.array([colours_of(v, o, v.mean()) for v, o in zip(before, out, strict=True)])
    wrong = int((found[:, 2] > TOLERANCE).sum())
    message = "a picture is not mean + contrast * (x - mean) + brightness, with one mean and two numbers of its own"
    check(wrong == 0, message, f"strength {strength}: {wrong} of {samples} pictures")
    return found[:, 0] - 1, found[:, 1]


@weight(1.5)
@hint("mean is that of the whole picture, dim=(1, 2, 3); both random numbers have shape (N, 1, 1, 1).")
def test_colours(student, rng):
    """Contrast and brightness are uniform between -strength and strength around 1 and 0, for each picture anew."""
    for strength in (0.05, 0.2):
        contrast, brightness = coloured(student, rng, 600, strength)
        for name, values in [("contrast", contrast), ("brightness", brightness)]:
            largest = np.abs(values).max()
            detail = f"strength {strength}: up to {largest:.5f}"
            check(largest <= strength + 5 * TOLERANCE, f"the {name} changes by more than the strength", detail)
            sigma = strength / math.sqrt(3 * len(values))
            message = f"the {name} is not as often raised as lowered"
            check(abs(values.mean()) <= SIGMAS * sigma, message, f"mean change {values.mean():.5f}")
            ratio = 3 * np.mean(values**2) / strength**2
            # The fourth moment of a uniform distribution is 1.8 squared variances.
            ok = abs(ratio - 1) <= SIGMAS * math.sqrt(0.8 / len(values))
            check(ok, f"the {name} is not uniform within the strength", f"{ratio:.3f} times the variance")
            check_unrelated(values, np.roll(values, 1), f"the {name} of a picture depends on that of its neighbour")
        check_unrelated(contrast, brightness, "contrast and brightness depend on each other")


@hint("clamp(0, 1) at the very end.")
def test_colours_stay_in_range(student, rng):
    """Values that would leave [0, 1] become 0 or 1, and the others follow the formula."""
    x = torch.tensor(rng.uniform(0.4, 0.6, size=(100, 2, 4, 5)))
    x[:, :, 0], x[:, :, 1] = 0.0, 1.0
    out = batch(student.color_jitter(x.clone(), 0.3, student.torch_rng(seed_from(rng))), x)
    check(out.min() >= 0 and out.max() <= 1, "there are values below 0 or above 1")
    check((out == 0).any() and (out == 1).any(), "no value reaches 0 or 1: the pictures are not cut off, but squeezed")
    found = np.array([colours_of(v, o, v.mean()) for v, o in zip(x.numpy(), out, strict=True)])
    check(found[:, 2].max() <= TOLERANCE, "a picture is not clamp(mean + contrast * (x - mean) + brightness)")
    # By chance, 100 uniform numbers miss a quarter of their range once in 10^12.
    ok = found[:, 0].max() > 1 + 0.15
    check(ok, "the contrast is never raised where values leave [0, 1]", f"at most {found[:, 0].max():.3f}")


@weight(0.5)
@hint("With strength 0, contrast is 1 and brightness is 0.")
def test_no_strength_changes_nothing(student, rng):
    """With strength 0, colours stay what they are, in both precisions."""
    for dtype, tolerance in [(torch.float32, 1e-6), (torch.float64, 1e-7)]:  # float32 draws are right in both
        x = noise(rng, 4, dtype=dtype)
        out = batch(student.color_jitter(x.clone(), 0.0, student.torch_rng(seed_from(rng))), x)
        off = np.abs(out - x.numpy()).max()
        check(off <= tolerance, "with strength 0, the colours are not what they were", f"off by up to {off:.3g}")


@weight(2)
@hint("random_crop(random_flip(color_jitter(x))): all three, in training only, and the colours first.")
@pytest.mark.parametrize("options", [{"padding": 2, "strength": 0.15}, {}], ids=["given", "default"])
def test_augment_in_training(student, rng, options):
    """In training, each picture gets other colours, then a flip and a window with a black border; labels stay put."""
    padding, strength = options.get("padding", 4), options.get("strength", 0.2)
    x, y = noise(rng, 32, 2, 9, 12), torch.tensor(rng.integers(0, 10, size=32))
    x = 0.4 + 0.4 * (x - 0.25)  # from 0.4 to 0.6: nothing leaves [0, 1]
    result = student.augment(x.clone(), y.clone(), student.torch_rng(seed_from(rng)), True, **options)
    check(isinstance(result, tuple | list) and len(result) == 2, "augment does not return a pair: pictures, labels")
    out = batch(result[0], x)
    assert_equal(as_array(result[1], "the labels"), y.numpy(), what="the labels", rule="label i is that of picture i")
    seen = explain(x.numpy(), out, padding, TOLERANCE)
    lost = sum(one is None for one in seen)
    message = "a picture is not its old self with other colours, then flipped or not, then moved onto a black border"
    check(lost == 0, message, f"{lost} of 32; padding {padding}, strength {strength}")
    # By chance, less than once in 10^8 each: 32 coins alike, 32 draws in the same half of their range.
    for name, values in [("flip", [one.mirrored for one in seen]), ("row", [one.top >= padding for one in seen])]:
        check(len(set(values)) == 2, f"all pictures have the same {name}")
    check(len({one.left for one in seen}) > 1, "all pictures begin at the same column")
    for name, changes in [("contrast", [s.contrast - 1 for s in seen]), ("brightness", [s.brightness for s in seen])]:
        changes = np.abs(changes)
        detail = f"up to {changes.max():.4f}, strength {strength}"
        check(changes.max() <= strength + 5 * TOLERANCE, f"the {name} changes by more than the strength", detail)
        check(changes.max() > strength / 2, f"the {name} hardly changes", detail)


@hint("Look at `train` first; clone, so that the result is a tensor of its own.")
def test_augment_in_evaluation(student, rng):
    """Outside of training, pictures and labels have their old values, whatever the options are."""
    for samples in (1, 5):
        x, y = noise(rng, samples, 3, 5, 4), torch.tensor(rng.integers(0, 10, size=samples))
        generator = student.torch_rng(seed_from(rng))
        pictures, labels = student.augment(x.clone(), y.clone(), generator, False, padding=2, strength=0.5)
        assert_equal(batch(pictures, x), x.numpy(), what="the pictures in evaluation", rule="as they were")
        assert_equal(as_array(labels, "the labels"), y.numpy(), what="the labels in evaluation", rule="as they were")


def calls(student):
    """Each function as something to call with (x, generator), by name; augment in both modes."""
    y = torch.tensor([0, 1, 2])
    return {
        "random_flip": lambda x, g: student.random_flip(x, g),
        "random_crop": lambda x, g: student.random_crop(x, 1, g),
        "random_crop without padding": lambda x, g: student.random_crop(x, 0, g),
        "color_jitter": lambda x, g: student.color_jitter(x, 0.2, g),
        "color_jitter without strength": lambda x, g: student.color_jitter(x, 0.0, g),
        "augment": lambda x, g: student.augment(x, y, g, True, padding=1)[0],
        "augment in evaluation": lambda x, g: student.augment(x, y, g, False)[0],
    }


@weight(1.5)
@hint("Build new tensors: no x[...] = ..., no clamp_, and a clone where you would return x or a view of it.")
def test_arguments_are_left_alone(student, rng):
    """No call changes x, and writing into a result does not change it either."""
    for name, call in calls(student).items():
        for _ in range(3):  # a flip of three pictures changes none of them in one call of eight
            x = noise(rng, 3)
            before = x.clone()
            result = call(x, student.torch_rng(seed_from(rng)))
            assert_equal(x.numpy(), before.numpy(), what=f"x after {name}", rule="as it was before")
            batch(result, x)
            result += 1
            assert_equal(
                x.numpy(), before.numpy(), what=f"x after the result of {name} was written to", rule="as before"
            )


@hint("Give generator=rng to every draw; Python's and NumPy's random numbers do not follow it.")
def test_the_generator_decides(student, rng):
    """The same seed gives the same pictures, other seeds and a second call give others."""
    for name, call in calls(student).items():
        x, seed = noise(rng, 3, 1, 5, 40), seed_from(rng)
        generator = student.torch_rng(seed)
        first = batch(call(x, generator), x)
        again = [batch(call(x, generator), x) for _ in range(12)]
        same = batch(call(x, student.torch_rng(seed)), x)
        others = [batch(call(x, student.torch_rng(seed + k)), x) for k in range(1, 13)]
        assert_equal(same, first, what=f"{name} with another generator of the same seed", rule="the same pictures")
        if name.endswith(("strength", "padding", "evaluation")):
            continue
        # Three flips come out the same in one call of eight: 12 times in a row once in 10^10.
        check(any((other != first).any() for other in again), f"{name} does the same in every call")
        check(any((other != first).any() for other in others), f"{name} does the same whatever the seed")


@weight(0.5)
@hint("Draw on the CPU, where rng is, and move the few numbers over: .to(x.device); give device=x.device to arange.")
def test_pictures_on_another_device(student, rng):
    """Pictures on a GPU stay there, although the generator is on the CPU."""
    for call in calls(student).values():
        x = noise(rng, 3)
        batch(call(x, student.torch_rng(0)), x)
    x, y = noise(rng, 3), torch.tensor([0, 1, 2])
    assert_follows_device(student, student.random_flip, x, student.torch_rng(0))
    assert_follows_device(student, student.random_crop, x, 1, student.torch_rng(0))
    assert_follows_device(student, student.color_jitter, x, 0.2, student.torch_rng(0))
    for train in (True, False):
        assert_follows_device(student, student.augment, x, y, student.torch_rng(0), train)

"""Lab 2, data augmentation: the tests that you have."""

import numpy as np
import torch

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question

pytestmark = question("2.10")


def pictures_of(samples, channels=2, height=4, width=6):
    """Pictures in which no two values are equal, between 0.25 and 0.75."""
    count = samples * channels * height * width
    order = np.random.default_rng(7).permutation(count)
    return torch.tensor(0.25 + 0.5 * order / count).reshape(samples, channels, height, width).float()


def batch(result, x):
    """The student's pictures as an array, which must have the shape and the dtype of x."""
    assert_shape(result, tuple(x.shape), "the pictures", "the shape of x")
    check(str(getattr(result, "dtype", None)) == str(x.dtype), "the pictures do not have the dtype of x")
    return as_array(result, "the pictures")


@hint(
    "x.flip(-1) mirrors left to right; torch.where chooses picture by picture, with a condition of shape (N, 1, 1, 1)."
)
def test_flips_are_left_to_right(student):
    """Every picture comes back as it was or mirrored left to right, and some of 40 are one, some the other."""
    x = pictures_of(40)
    out, before = batch(student.random_flip(x.clone(), student.torch_rng(0)), x), x.numpy()
    same = (out == before).all(axis=(1, 2, 3))
    mirrored = (out == before[..., ::-1]).all(axis=(1, 2, 3))
    check((same | mirrored).all(), "a picture is neither what it was nor mirrored left to right, all channels alike")
    # By chance, all 40 pictures are alike once in 10^11.
    check(same.any() and mirrored.any(), "all pictures are mirrored, or none is")


@hint("Pad H and W by `padding` on both sides, then cut H x W out, from a row and a column between 0 and 2 * padding.")
def test_crops_are_windows_of_the_padded_picture(student):
    """Every picture comes back as a window of itself with a black border around it; not all windows are alike."""
    x, padding = pictures_of(60), 2
    out = batch(student.random_crop(x.clone(), padding, student.torch_rng(0)), x)
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    found = np.full((60, 2), -1)
    for top in range(2 * padding + 1):
        for left in range(2 * padding + 1):
            window = padded[:, :, top : top + 4, left : left + 6]
            found[(out == window).all(axis=(1, 2, 3))] = top, left
    check(
        (found >= 0).all(), "a picture is no window of the old one with a border of zeros", f"found: {found.tolist()}"
    )
    # By chance, 60 pictures miss one of five rows or columns once in 100,000; three of them, practically never.
    for axis, what in enumerate(("row", "column")):
        check(len(set(found[:, axis].tolist())) >= 3, f"nearly all windows begin at the same {what}")


@hint("mean + contrast * (x - mean) + brightness, with one mean, one contrast and one brightness for each picture.")
def test_colours_change_picture_by_picture(student):
    """Each picture is stretched and shifted by two numbers of its own, which stay within the strength."""
    x, strength = pictures_of(30), 0.2
    out, before = batch(student.color_jitter(x.clone(), strength, student.torch_rng(0)), x), x.numpy().astype(float)
    mean, new_mean = before.mean(axis=(1, 2, 3)), out.mean(axis=(1, 2, 3), dtype=float)
    contrast = out.std(axis=(1, 2, 3), dtype=float) / before.std(axis=(1, 2, 3))
    brightness = new_mean - mean
    column = (slice(None), None, None, None)
    expected = mean[column] + contrast[column] * (before - mean[column]) + brightness[column]
    assert_close(
        out, expected, atol=1e-5, what="the pictures", rule="mean + contrast * (x - mean) + brightness"
    )  # float32
    for values, name, middle in [(contrast, "contrast", 1.0), (brightness, "brightness", 0.0)]:
        off = np.abs(values - middle)
        check((off <= strength + 1e-4).all(), f"the {name} changes by more than the strength", f"{values}")
        # By chance, 30 uniform numbers all lie within a quarter of their range once in 10^15.
        check(np.ptp(values) > strength / 2, f"the {name} is nearly the same for all pictures", f"{values}")


@hint("Without training, return x.clone() and y.")
def test_evaluation_changes_nothing(student):
    """Outside of training, pictures and labels come back as they are, the pictures in a tensor of their own."""
    x, y = pictures_of(5), torch.tensor([3, 1, 4, 1, 5])
    before = x.clone()
    pictures, labels = student.augment(x, y, student.torch_rng(0), False)
    assert_equal(batch(pictures, x), before.numpy(), what="the pictures in evaluation", rule="as they were")
    assert_equal(as_array(labels), np.array([3, 1, 4, 1, 5]), what="the labels in evaluation", rule="as they were")
    pictures += 1
    assert_equal(x.numpy(), before.numpy(), what="x after the result was written to", rule="as it was: use clone")


@hint("Colours first, then flip and crop: the border is black. Write to no argument, and leave the labels alone.")
def test_training_changes_pictures_and_leaves_labels(student, pictures):
    """In training, pictures are new and labels stay in place; neither argument is changed."""
    ramp = torch.linspace(0.2, 0.8, 20 * 28).reshape(1, 1, 20, 28).repeat(24, 1, 1, 1)
    ramp[:, :, 4:16, 6:9] = ramp[:, :, 4:7, 6:20] = 0.95  # a letter that is its own mirror image in no direction
    x, y = ramp.clone(), torch.arange(24) % 7
    out, labels = student.augment(x, y, student.torch_rng(1), True)
    out = batch(out, x)
    pictures.save("augmented", out[:, 0].reshape(4, 6, 20, 28))
    assert_equal(x.numpy(), ramp.numpy(), what="x after the call", rule="as it was before")
    assert_equal(as_array(labels), np.arange(24) % 7, what="the labels", rule="as they were: picture i keeps label i")
    changed = (out != ramp.numpy()).any(axis=(1, 2, 3))
    check(changed.all(), "in training, a picture comes back unchanged", f"{changed.sum()} of 24 have changed")
    border = [(out[:, :, row] == 0).all(axis=(1, 2)).any() for row in (0, -1)]
    check(any(border), "no picture has a black row at its top or bottom: are they cropped, and after the colours?")

"""Lab 3, multi-head attention: the tests that grade."""

import probes
import pytest
import torch
from oracles_attention import attention, gradients, largest_score, random_mask
from oracles_recurrent import assert_all_close, assert_dtype, copied, floats, normal, spread

from autograder.testing import assert_close, assert_equal, assert_follows_device, hint, question, weight

pytestmark = question("3.8")

NAMES = ("query", "key", "value", "Wq", "Wk", "Wv", "Wo")
RULE = "softmax(q_j @ k_j^T / sqrt(d)) @ v_j for each head, side by side, times Wo"


def arguments(rng, samples, queries, keys, width):
    """query, key, value and the four weights."""
    weights = tuple(normal(rng, width, width, scale=1.5 * width**-0.5) for _ in range(4))
    return (
        normal(rng, samples, queries, width),
        normal(rng, samples, keys, width),
        normal(rng, samples, keys, width),
        weights,
    )


@pytest.mark.parametrize("n_heads", [1, 3, 6])
@hint("(N, T, D) -> (N, T, n_heads, d) -> (N, n_heads, T, d); and back in the opposite order.")
def test_self_attention(student, rng, n_heads):
    """Queries, keys and values from one sequence, with one, some or D heads."""
    x, _, _, weights = arguments(rng, 4, 5, 5, 6)
    out = student.multi_head_attention(x, x, x, weights, n_heads)
    assert_close(out, attention(x, x, x, weights, n_heads), what="out", rule=RULE)
    assert_dtype(out, x, "out")


@weight(2)
@pytest.mark.parametrize(("queries", "keys"), [(3, 7), (7, 3)])
@hint("Take the number of queries from query and that of keys from key; scores are (N, n_heads, Tq, Tk).")
def test_cross_attention(student, rng, queries, keys):
    """Queries from one sequence, keys and values from others, which are longer or shorter."""
    query, key, value, weights = arguments(rng, 2, queries, keys, 8)
    out = student.multi_head_attention(query, key, value, weights, 4)
    assert_close(out, attention(query, key, value, weights, 4), what="out", rule=RULE)


@weight(2)
@pytest.mark.parametrize(("samples", "n_heads"), [(2, 2), (3, 2), (1, 4)])
@hint(
    "The mask holds for every head: unsqueeze an axis for the heads, (N, 1, Tq, Tk). Fill with -inf before the softmax."
)
def test_mask_of_each_sequence(student, rng, samples, n_heads):
    """A mask (N, Tq, Tk) says for each query of each sequence which keys count."""
    query, key, value, weights = arguments(rng, samples, 5, 6, 8)
    mask = random_mask(rng, samples, 5, 6)
    out = student.multi_head_attention(query, key, value, weights, n_heads, mask)
    expected = attention(query, key, value, weights, n_heads, mask)
    assert_close(out, expected, what="out", rule="only keys whose mask is True have a share")


@hint("Bring the mask to (N, Tq, Tk) first, say with mask.expand, and give it an axis for the heads then.")
def test_mask_for_all_sequences(student, rng):
    """A mask (Tq, Tk), as for causal attention, holds for all sequences and heads."""
    for samples, steps in ((3, 3), (2, 5)):
        x, _, _, weights = arguments(rng, samples, steps, steps, 6)
        mask = torch.ones(steps, steps, dtype=torch.bool).tril()
        out = student.multi_head_attention(x, x, x, weights, 3, mask)
        assert_close(out, attention(x, x, x, weights, 3, mask), what="out", rule="no query sees a later key")


@hint("Bring the mask to (N, Tq, Tk) first, say with mask.expand, and give it an axis for the heads then.")
def test_mask_of_padding(student, rng):
    """A mask (N, 1, Tk), as for sequences of different lengths, holds for all queries and heads."""
    for samples in (2, 4):
        query, key, value, weights = arguments(rng, samples, 5, 6, 8)
        lengths = torch.from_numpy(rng.integers(1, 6, size=samples))
        mask = (torch.arange(6) < lengths[:, None])[:, None]
        out = student.multi_head_attention(query, key, value, weights, 4, mask)
        assert_close(out, attention(query, key, value, weights, 4, mask), what="out", rule="padding has no share")


@hint(
    "Use torch.softmax, or subtract each row's largest score yourself; fill with -inf, not with some negative number."
)
def test_large_scores(student, rng):
    """Scores of many thousands do not overflow, and a forbidden key does not count however high its score is."""
    query, key, value, weights = arguments(rng, 2, 4, 6, 6)
    only_one = torch.nn.functional.one_hot(torch.from_numpy(rng.integers(0, 6, size=(2, 4))), 6).bool()
    for size in (1e4, 9e4):
        large = size / largest_score(query, key, weights, 2) * query
        for mask in (None, random_mask(rng, 2, 4, 6), only_one):
            out = student.multi_head_attention(large, key, value, weights, 2, mask)
            expected = attention(large, key, value, weights, 2, mask)
            # Right solutions are within 3e-15 (worst of 20 seeds).
            assert_close(out, expected, what="out", rule="finite, and without any share of forbidden keys")


@weight(1.5)
@hint("No .data, .detach(), .item() or torch.tensor(...) on the way from the arguments to the result.")
def test_gradients(student, rng):
    """Autograd gets the right gradients by query, key, value and all four weights, with a mask and without."""
    query, key, value, weights = arguments(rng, 2, 3, 5, 6)
    upstream = normal(rng, 2, 3, 6)
    for mask in (None, random_mask(rng, 2, 3, 5)):
        given = (query, key, value, weights, 3, mask)
        _, found = student.run(probes.results_and_gradients, student.multi_head_attention, given, [upstream])
        expected = gradients(*given, upstream)
        assert_all_close(found, expected, tuple(f"the gradient by {name}" for name in NAMES), "by autograd")


@weight(0.5)
@hint("Reshape where view complains, and make nothing in a dtype of your own.")
def test_float32_and_strides(student, rng):
    """Tensors in float32, and tensors that are not contiguous, give a result in their dtype."""
    given = arguments(rng, 2, 4, 7, 6)
    mask = random_mask(rng, 2, 4, 7)
    for some, used in ((floats(given), mask), (spread(given), spread(mask))):
        out = student.multi_head_attention(*some, 3, used)
        assert_dtype(out, some[0], "out")
        # float32: right solutions are within 4e-7 (worst of 20 seeds); float64 by the same bound.
        expected = attention(*given, 3, mask)
        assert_close(out, expected, rtol=1e-4, relative_to_largest=True, what="out", rule=RULE)


@weight(0.5)
@hint("masked_fill and division make new tensors; masked_fill_ and /= change what they are called on.")
def test_arguments_and_earlier_results_are_left_alone(student, rng):
    """A call changes neither its arguments, the mask among them, nor what an earlier call gave."""
    calls = [(*arguments(rng, 2, 3, 4, 6), 2, random_mask(rng, 2, 3, 4)) for _ in range(2)]
    calls.append((*arguments(rng, 1, 2, 5, 4), 2, random_mask(rng, 2, 5)))
    before = [(*copied(call[:4]), call[4], call[5].clone()) for call in calls]
    results = student.run(probes.call_each, student.multi_head_attention, calls)
    for call, then, out in zip(calls, before, results, strict=True):
        assert_close(out, attention(*then), what="out", rule="unchanged by other calls")
        pairs = zip((*call[:3], *call[3], call[5]), (*then[:3], *then[3], then[5]), strict=True)
        for name, (now, old) in zip((*NAMES, "mask"), pairs, strict=True):
            assert_equal(now.numpy(), old.numpy(), what=f"{name} after the call", rule="as it was before")


@weight(0.5)
@hint("Make what you need with zeros_like, new_zeros or full_like, so that it lies where the arguments do.")
def test_device(student, rng):
    """New tensors are made where the arguments are, say on a GPU."""
    given = (*arguments(rng, 2, 3, 4, 6), 2, random_mask(rng, 2, 3, 4))
    assert_close(student.multi_head_attention(*given), attention(*given), what="out", rule="looked at first")
    assert_follows_device(student, student.multi_head_attention, *given)

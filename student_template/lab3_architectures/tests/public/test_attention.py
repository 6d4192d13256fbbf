"""Lab 3, multi-head attention: the tests that you have."""

import math

import torch

from autograder.testing import assert_close, assert_shape, hint, question, weight

pytestmark = question("3.8")

EYE = torch.eye(4, dtype=torch.float64)
# The handout's worked example. In head 0 the scores are (ln 3, 0), in head 1 (0, ln 3): weights 3/4 and 1/4, and back.
QUERY = math.sqrt(2) * math.log(3) * torch.tensor([[[1.0, 0.0, 0.0, 1.0]]], dtype=torch.float64)
KEY = torch.tensor([[[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]], dtype=torch.float64)
VALUE = torch.tensor([[[4.0, 0.0, 8.0, 0.0], [0.0, 4.0, 0.0, 4.0]]], dtype=torch.float64)


@weight(2)
@hint("Each head sees its own D / n_heads columns, and divides its scores by the root of that number.")
def test_worked_example(student):
    """Two heads with columns of their own give the weighted means worked by hand."""
    out = student.multi_head_attention(QUERY, KEY, VALUE, (EYE, EYE, EYE, EYE), 2)
    assert_close(out, [[[3.0, 1.0, 2.0, 3.0]]], what="out", rule="softmax(q_j @ k_j^T / sqrt(d)) @ v_j, side by side")


@hint("With one head, d is D: the scores are divided by sqrt(D).")
def test_one_head(student):
    """A single head works on all columns."""
    query = 2 * math.log(3) * torch.tensor([[[1.0, 0.0, 0.0, 0.0]]], dtype=torch.float64)
    out = student.multi_head_attention(query, KEY, VALUE, (EYE, EYE, EYE, EYE), 1)
    assert_close(out, [[[3.0, 1.0, 6.0, 1.0]]], what="out", rule="3/4 of the first value and 1/4 of the second")


@hint("Multiply with Wq, Wk, Wv before the heads are cut, and with Wo once the heads stand side by side.")
def test_each_weight_has_its_place(student):
    """Query, key and value go through Wq, Wk and Wv, and the heads side by side through Wo."""
    flip, double = EYE.flip(0), 2 * EYE
    out = student.multi_head_attention(QUERY / 2, KEY / 2, VALUE, (double, double, EYE, flip), 2)
    assert_close(out, [[[3.0, 2.0, 1.0, 3.0]]], what="out", rule="Wo is applied to all heads together")
    out = student.multi_head_attention(QUERY, KEY, VALUE / 2, (flip, flip, double, EYE), 2)
    # Keys and queries flipped: head 0 now sees what head 1 saw, and the other way round.
    assert_close(out, [[[1.0, 3.0, 6.0, 1.0]]], what="out", rule="Wq and Wk act on queries and keys, Wv on values")


@weight(1.5)
@hint("True = may be attended to. Fill the scores where mask is False with -inf, before the softmax.")
def test_mask(student):
    """A query attends only to keys whose mask is True, in whichever of the shapes the mask comes."""
    weights = (EYE, EYE, EYE, EYE)
    query, key, value = (part.expand(2, -1, -1) for part in (QUERY, KEY, VALUE))  # two sequences, both the same
    for columns, kept in (([True, False], 0), ([False, True], 1)):
        mask = torch.tensor(columns)
        for shaped in (mask.reshape(1, 2), mask.reshape(1, 1, 2), mask.expand(2, 1, 2)):
            out = student.multi_head_attention(query, key, value, weights, 2, shaped)
            assert_close(out, value[:, kept : kept + 1], what="out", rule="the only value that may be attended to")
    out = student.multi_head_attention(query, key, value, weights, 2, mask=torch.ones(1, 2, dtype=torch.bool))
    assert_close(out, [[[3.0, 1.0, 2.0, 3.0]]] * 2, what="out with a mask of True", rule="the same as without a mask")


@hint("Queries and keys have a time axis each: scores have shape (N, n_heads, Tq, Tk), and the softmax is over Tk.")
def test_as_many_queries_as_one_likes(student):
    """There may be more or fewer queries than keys; equal keys give the mean of the values."""
    for queries, keys in ((3, 5), (5, 3), (1, 4), (4, 1)):
        query, key = torch.ones(2, queries, 6), torch.ones(2, keys, 6)
        value = torch.arange(2.0 * keys * 6).reshape(2, keys, 6)
        out = student.multi_head_attention(query, key, value, (torch.eye(6),) * 4, 3)
        assert_shape(out, (2, queries, 6), "out", "(N, Tq, D)")
        expected = value.mean(dim=1, keepdim=True).expand(2, queries, 6)
        assert_close(out, expected, rtol=1e-5, what="out", rule="the mean of all values")  # float32

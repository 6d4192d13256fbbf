"""Lab 1, reverse-mode automatic differentiation: the tests that grade.

Wherever a gradient is checked, the result is multiplied by a random array before it is summed, so that a random
gradient arrives at the operation under test.
"""

import numpy as np
from oracles import network_gradients, summed_to

from autograder.testing import assert_close, assert_equal, check, hint, question, weight

pytestmark = question("1.8")

SUMMED = "the operand's own shape, summed over its repetitions"


def leaf(student, data):
    """A tensor that requires a gradient."""
    return student.Tensor(np.array(data), requires_grad=True)


@hint("Each operator makes a new Tensor from the operands' data; a plain number or array becomes a constant first.")
def test_values(student, rng):
    """Operators give the values that NumPy gives, as float64, and leave their operands alone."""
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    m, array, number = rng.normal(size=(4, 2)), rng.normal(size=4), float(rng.normal())
    x, y, z = leaf(student, a), leaf(student, b), student.Tensor(m)
    results = {
        "x + y": (x + y, a + b),
        "x * y": (x * y, a * b),
        "x + array": (x + array, a + array),
        "x * array": (x * array, a * array),
        "x + number": (x + number, a + number),
        "number + x": (number + x, number + a),
        "x * number": (x * number, a * number),
        "number * x": (number * x, number * a),
        "x @ z": (x @ z, a @ m),
        "x @ array": (x @ m, a @ m),
        "x.relu()": (x.relu(), np.where(a > 0, a, 0.0)),
        "x.sum()": (x.sum(), a.sum()),
    }
    for name, (result, expected) in results.items():
        check(isinstance(result, student.Tensor), f"{name} is not a Tensor")
        assert_close(result.data, expected, what=f"the data of {name}")
    assert_equal(x.data, a, what="x.data after all operators", rule="as it was before")
    whole = student.Tensor(np.array([[1, 2], [3, 4]])) * 0.5
    assert_close(whole.data, np.array([[0.5, 1.0], [1.5, 2.0]]), what="a tensor made of integers, times 0.5")
    check(np.asarray(student.Tensor([1, 2]).data).dtype == np.float64, "data is not float64")


@weight(1.5)
@hint("Multiply the local derivative by the gradient that arrives from above: b for a * b by a, 1 for a + b.")
def test_add_and_multiply(student, rng):
    """Sums and products pass on the gradient that arrives from above."""
    a, b, c, upstream = (rng.normal(size=(3, 4)) for _ in range(4))
    x, y, z = leaf(student, a), leaf(student, b), leaf(student, c)
    (((x * y) + z) * upstream).sum().backward()
    assert_close(x.grad, b * upstream, what="the gradient of x in x * y + z")
    assert_close(y.grad, a * upstream, what="the gradient of y in x * y + z")
    assert_close(z.grad, upstream, what="the gradient of z in x * y + z")


@weight(1.5)
@hint("Use += on gradients: both operands of a + a are the same tensor, and each of the two adds its part.")
def test_same_tensor_on_both_sides(student, rng):
    """x + x, x * x and x * x * x count every use of x."""
    a, upstream = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    expressions = {
        "x + x": (lambda x: x + x, 2 * upstream),
        "x * x": (lambda x: x * x, 2 * a * upstream),
        "x * x * x": (lambda x: x * x * x, 3 * a**2 * upstream),
        "(x + x) * x": (lambda x: (x + x) * x, 4 * a * upstream),
    }
    for name, (expression, expected) in expressions.items():
        x = leaf(student, a)
        (expression(x) * upstream).sum().backward()
        assert_close(x.grad, expected, what=f"the gradient of x in {name}", rule="the sum over all uses")


@weight(1.5)
@hint("Sum the gradient over the axes that NumPy added in front, and over those where the operand had size 1.")
def test_broadcasting(student, rng):
    """Operands that were broadcast get gradients of their own shape, in sums and in products."""
    for left, right in [
        ((4, 3), (3,)),
        ((4, 3), (4, 1)),
        ((1, 3), (4, 1)),
        ((2, 4, 3), (4, 1)),
        ((), (2, 3)),
        ((5,), (1,)),
    ]:
        a, b = rng.normal(size=left), rng.normal(size=right)
        upstream = rng.normal(size=np.broadcast_shapes(left, right))
        for name, da, db in [("x + y", upstream, upstream), ("x * y", upstream * b, upstream * a)]:
            x, y = leaf(student, a), leaf(student, b)
            result = x + y if name == "x + y" else x * y
            (result * upstream).sum().backward()
            assert_close(x.grad, summed_to(da, left), what=f"the gradient of x in {name}", rule=SUMMED)
            assert_close(y.grad, summed_to(db, right), what=f"the gradient of y in {name}", rule=SUMMED)


@hint("For a @ b: upstream @ b.T and a.T @ upstream; the shapes leave no other choice.")
def test_matrix_product(student, rng):
    """A matrix product gives upstream @ b.T and a.T @ upstream, also beside constants."""
    a, b, upstream = rng.normal(size=(3, 5)), rng.normal(size=(5, 2)), rng.normal(size=(3, 2))
    x, y = leaf(student, a), leaf(student, b)
    ((x @ y) * upstream).sum().backward()
    assert_close(x.grad, upstream @ b.T, what="the gradient of x in x @ y", rule="upstream @ y.T")
    assert_close(y.grad, a.T @ upstream, what="the gradient of y in x @ y", rule="x.T @ upstream")
    x = leaf(student, a)
    ((x @ b) * upstream).sum().backward()
    assert_close(x.grad, upstream @ b.T, what="the gradient of x in x @ array", rule="upstream @ array.T")


@hint("ReLU passes the gradient on where its input was positive; the gradient's own sign does not matter.")
def test_relu(student, rng):
    """ReLU passes the gradient on where its input was positive, and nowhere else."""
    a, upstream = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    x = leaf(student, a)
    (x.relu() * upstream).sum().backward()
    assert_close(x.grad, upstream * (a > 0), what="the gradient of x in relu(x)", rule="upstream where x > 0")


@hint("A sum hands its gradient to every element: multiply it by ones of the operand's shape.")
def test_sum_in_the_middle(student, rng):
    """A sum in the middle of an expression hands its gradient to every element."""
    a, b, upstream = rng.normal(size=(3, 4)), rng.normal(size=5), rng.normal(size=5)
    x, y = leaf(student, a), leaf(student, b)
    (x.sum() * y * upstream).sum().backward()
    expected = np.full((3, 4), (b * upstream).sum())
    assert_close(x.grad, expected, what="the gradient of x in sum(x) * y", rule="the same for every element")
    assert_close(y.grad, a.sum() * upstream, what="the gradient of y in sum(x) * y")


@weight(1.5)
@hint("Sort the graph so that a tensor comes only after everything that was computed from it; then go through it once.")
def test_ways_of_different_length(student, rng):
    """A tensor reached by a short and a long way passes its gradient on only once it is complete."""
    a, b = rng.normal(size=4), rng.normal(size=4)
    for order in ("long first", "short first"):
        x, c = leaf(student, a), leaf(student, b)
        y = x * c
        long = (y * 2.0 + 1.0).relu() * y * 3.0
        total = long + y if order == "long first" else y + long
        (total * y).sum().backward()
        # With y = a b: 3 y^2 relu(2 y + 1) + y^2.
        y_data = a * b
        active = 2 * y_data + 1 > 0
        dy = np.where(active, 18 * y_data**2 + 6 * y_data, 0) + 2 * y_data
        assert_close(x.grad, dy * b, what="the gradient of x", rule="every way from x to the result counts once")
        assert_close(c.grad, dy * a, what="the gradient of c", rule="every way from c to the result counts once")


@weight(1.5)
@hint(
    "Where two gradients meet, make a new array: grads[t] = grads[t] + g. `+=` changes one on its way elsewhere, too."
)
def test_gradients_that_meet(student, rng):
    """What arrives at one tensor changes nothing of what is on its way to another."""
    a, b, upstream = (rng.normal(size=(2, 3)) for _ in range(3))
    for name, combine, dx, dz in [
        ("x + (x + z)", lambda x, z: x + (x + z), 2.0, 1.0),
        ("(x + z) + x", lambda x, z: (x + z) + x, 2.0, 1.0),
        ("(x * z) + (x + z)", lambda x, z: (x * z) + (x + z), b + 1, a + 1),
        ("(x + z) + (x * z)", lambda x, z: (x + z) + (x * z), b + 1, a + 1),
    ]:
        x, z = leaf(student, a), leaf(student, b)
        (combine(x, z) * upstream).sum().backward()
        rule = "every way to the result counts once"
        assert_close(x.grad, dx * upstream, what=f"the gradient of x in {name}", rule=rule)
        assert_close(z.grad, dz * upstream, what=f"the gradient of z in {name}", rule=rule)


@hint("One stack frame for each operation is as much as Python allows here; a list of tensors to visit needs none.")
def test_deep_graph(student, rng):
    """A graph that is 500 operations deep is differentiated."""
    a, factor = rng.normal(size=3), 1.01
    x = leaf(student, a)
    y = x * 1.0
    for _ in range(249):
        y = y * factor + x
    y.sum().backward()
    expected = np.full(3, sum(factor**power for power in range(250)))
    assert_close(x.grad, expected, what="the gradient of x", rule="the sum over all its uses")


@hint("Visit each tensor once, after all its uses: following every path separately takes 2^n visits for n doublings.")
def test_each_operation_is_gone_through_once(student, rng):
    """40 doublings y = y + y, with 2^40 paths to x, are differentiated at once."""
    x = leaf(student, rng.normal(size=2))
    y = x
    for _ in range(40):
        y = y + y
    y.sum().backward()
    assert_close(x.grad, np.full(2, 2.0**40), what="the gradient of x")


@weight(1.5)
@hint("Forget, or reset, the gradients of results when backward starts; only the leaves add up.")
def test_second_backward(student, rng):
    """Each backward call adds the same to the leaves, also on another result that shares part of the graph."""
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    x, w = leaf(student, a), student.Tensor(b)
    shared = (x * w).relu() * x
    gradient = 2 * a * b * (a * b > 0)
    once, scaled = shared.sum(), (shared * 5.0).sum()
    for name, result, times in [("first", once, 1), ("second", once, 2), ("third", scaled, 7), ("fourth", once, 8)]:
        result.backward()
        rule = "each call adds the derivatives of its own result, and no more"
        assert_close(x.grad, times * gradient, what=f"x.grad after the {name} call", rule=rule)
    x.grad = None
    scaled.backward()
    assert_close(x.grad, 5 * gradient, what="x.grad after it was set to None and one more call", rule="starts afresh")


@hint("Store a copy of the first gradient, or add out of place: one array may be on its way to two tensors.")
def test_leaves_do_not_share_gradients(student, rng):
    """Gradients of different leaves are arrays of their own: adding to one does not change another."""
    a, b, upstream = (rng.normal(size=(2, 3)) for _ in range(3))
    x, y = leaf(student, a), leaf(student, b)
    total = ((x + y) * upstream).sum()
    total.backward()
    total.backward()
    assert_close(x.grad, 2 * upstream, what="x.grad of x + y after two calls", rule="each call adds the same")
    assert_close(y.grad, 2 * upstream, what="y.grad of x + y after two calls", rule="each call adds the same")
    (x * 10.0).sum().backward()
    assert_close(x.grad, 2 * upstream + 10, what="x.grad after a call for x alone")
    assert_close(y.grad, 2 * upstream, what="y.grad after a call for x alone", rule="as it was before")


@hint("Pass requires_grad on from operands to results, and let backward leave tensors without it alone.")
def test_constants(student, rng):
    """Constants keep grad None, and a result requires a gradient only if an operand does."""
    a, b = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    x, constant = leaf(student, a), student.Tensor(b)
    check(x.requires_grad, "requires_grad=True is forgotten")
    for name, operation in {
        "y + constant": lambda y: y + constant,
        "constant + y": lambda y: constant + y,
        "y * constant": lambda y: y * constant,
        "constant * y": lambda y: constant * y,
        "y @ constant": lambda y: y @ constant,
        "constant @ y": lambda y: constant @ y,
        "y + number": lambda y: y + 2.0,
        "number * y": lambda y: 2.0 * y,
        "y.relu()": lambda y: y.relu(),
        "y.sum()": lambda y: y.sum(),
    }.items():
        check(operation(x).requires_grad, f"{name} does not require a gradient though y does")
        check(not operation(constant).requires_grad, f"{name} requires a gradient though no operand does")
    derived = constant * 2.0
    ((x * constant + derived) @ constant + x.relu() * derived).sum().backward()
    assert_close(x.grad, (np.ones((3, 3)) @ b.T) * b + 2 * b * (a > 0), what="x.grad beside constants")
    check(constant.grad is None, "a constant has a gradient")
    check(derived.grad is None, "a result of constants has a gradient")


@weight(2)
@hint("If each operation alone is right, look at the order in which backward visits them and at the bias's shape.")
def test_two_layer_network(student, rng):
    """The gradients of a network with two layers are those of backpropagation."""
    shapes = [(4, 6), (6, 3)]
    weights, biases = [rng.normal(size=shape) for shape in shapes], [rng.normal(size=shape[1]) for shape in shapes]
    inputs, upstream = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
    w1, w2 = (leaf(student, w) for w in weights)
    b1, b2 = (leaf(student, b) for b in biases)
    scores = (student.Tensor(inputs) @ w1 + b1).relu() @ w2 + b2
    (scores * upstream).sum().backward()
    dweights, dbiases = network_gradients(weights, biases, inputs, upstream)
    for name, tensor, expected in zip(("w1", "w2", "b1", "b2"), (w1, w2, b1, b2), dweights + dbiases, strict=True):
        assert_close(tensor.grad, expected, what=f"{name}.grad of (x @ w1 + b1).relu() @ w2 + b2")

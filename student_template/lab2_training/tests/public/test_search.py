"""Lab 2, hyperparameter search: the tests that you have."""

import probes

from autograder.testing import check, hint, question

pytestmark = question("2.11")

SPACE = {"learning_rate": ("log", 1e-4, 1.0), "dropout": ("linear", 0.2, 0.6), "units": [16, 32, 64]}


def recorder():
    """An objective whose loss falls with more epochs, and the list of its calls: (configuration, epochs, loss)."""
    calls = []

    def objective(config, epochs):
        loss = (config["dropout"] - 0.4) ** 2 + config["units"] / 1000 + 1 / epochs
        calls.append((config, epochs, loss))
        return loss

    return objective, calls


@hint("A tuple says scale, low and high; a list holds choices. Return a dict with a value for each name.")
def test_samples_lie_in_the_space(student):
    """A configuration has a value for each name, between its bounds or out of its list."""
    for config in student.run(probes.sample_many, student.sample, SPACE, student.rng(3), 40):
        check(isinstance(config, dict) and set(config) == set(SPACE), "a configuration is not a dict with these names")
        check(1e-4 <= config["learning_rate"] <= 1.0, "a value on a log scale lies outside of its bounds")
        check(0.2 <= config["dropout"] <= 0.6, "a value on a linear scale lies outside of its bounds")
        check(config["units"] in [16, 32, 64], "a choice is none of the list")


@hint("A call costs its epochs. Before you make one, ask whether what is left of the budget pays for it.")
def test_the_budget_is_kept(student):
    """All calls together cost at most the budget, and at least half of it."""
    objective, calls = recorder()
    student.search(objective, SPACE, 50, 8, student.rng(4))
    spent = sum(epochs for _, epochs, _ in calls)
    check(all(1 <= epochs <= 8 for _, epochs, _ in calls), "a call asks for less than 1 or more than max_epochs epochs")
    check(spent <= 50, "more than the budget is spent", f"budget 50, spent {spent}")
    check(spent >= 25, "less than half of the budget is spent", f"budget 50, spent {spent}")


@hint("Remember the best configuration and its loss whenever a call gives a lower one.")
def test_the_best_is_returned(student):
    """The result is the configuration with the lowest loss after all epochs, and this loss."""
    objective, calls = recorder()
    config, loss = student.search(objective, SPACE, 90, 9, student.rng(5))
    final = [(value, tried) for tried, epochs, value in calls if epochs == 9]
    check(final, "no configuration is trained for max_epochs epochs")
    best, tried = min(final, key=lambda pair: pair[0])
    check(float(loss) == best, "the loss is not the lowest one", f"expected {best}, got {loss}")
    check(config == tried, "the configuration is not the one with the lowest loss", f"expected {tried}, got {config}")

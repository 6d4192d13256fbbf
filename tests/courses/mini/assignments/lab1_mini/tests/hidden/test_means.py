"""What students never see."""

import numpy as np

from autograder.testing import assert_close, question, weight


@question("1.2")
@weight(2)
def test_large_values(student):
    """Values whose sum would overflow have a finite mean."""
    assert_close(student.mean(np.full(4, 1e308)), 1e308, what="mean")

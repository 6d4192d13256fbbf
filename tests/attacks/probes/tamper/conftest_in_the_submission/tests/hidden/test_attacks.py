def test_twice(student):
    """Passes."""

"""What runs beside the student's code; students have this file."""


def three_times(function, value):
    """`function` of `value`, three times added."""
    return function(value) + function(value) + function(value)

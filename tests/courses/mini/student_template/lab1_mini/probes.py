"""What runs beside the student's code; students have this file."""


def twice(function, value):
    """`function` of `function` of `value`."""
    return function(function(value))

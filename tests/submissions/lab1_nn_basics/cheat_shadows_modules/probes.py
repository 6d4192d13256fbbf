def mean_squared_error(scores, targets):
    return 0.0, scores * 0


def train(*args, **kwargs):
    return [0.0]

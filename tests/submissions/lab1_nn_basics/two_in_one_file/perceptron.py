from activations import perceptron, xor_mlp  # noqa: F401

"""An absolute tolerance of 1e-5, which is large where all slopes are small."""

# question: q5
# fails: test_hidden_tiny_slopes

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    return np.shape(candidate) == numerical.shape and bool(np.allclose(candidate, numerical, atol=1e-5))

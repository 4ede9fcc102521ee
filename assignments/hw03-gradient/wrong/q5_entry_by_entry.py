"""Divides each deviation by its own entry: entries near zero are compared with their own rounding."""

# question: q5
# fails: test_hidden_tiny_slopes

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.nan_to_num(
            np.abs(candidate - numerical) / np.abs(numerical), nan=0.0 if numerical.max() == 0 else 1
        )
    return bool(np.max(errors) <= 1e-4)

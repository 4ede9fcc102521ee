"""The row kernels under :mod:`softmax_lib.losses`: cross-entropy and its gradient, in blocks, in at least float64.

For a label the sum of the exponentials is taken *without* the target's:

* the loss -log(p_y) is log1p(rest / e_y), accurate however close to 0 it is;
* the gradient p_y - 1 is -rest / (rest + e_y), without the cancellation, and so every row sums to 0.

For soft targets t the same idea is applied to the maximum: p - t = ((e - t) - t s) / (1 + s), where e = exp(z - max z) is
exactly 1 at the maximum and s is the sum of the others.
"""

from __future__ import annotations

import numpy as np

from ._kernels import exponentials, row_blocks, row_shift, row_sums, spare_memory


def label_rows(
    logits: np.ndarray,
    labels: np.ndarray,
    losses: np.ndarray | None = None,
    gradient: np.ndarray | None = None,
    weights: np.ndarray | float = 1.0,
) -> None:
    """Write the loss of every row into `losses`, and `weights` times its gradient into `gradient`."""
    working = np.promote_types(logits.dtype, np.float64)
    spare = spare_memory(logits, working)
    weights = np.broadcast_to(weights, len(logits))
    for rows, part in row_blocks(logits):
        in_place = gradient is not None and gradient.dtype == working
        exps = gradient[rows] if in_place else spare[: part.size].reshape(part.shape)
        shift = row_shift(part, working)
        exponentials(part, shift, out=exps)
        flat = exps.reshape(-1)
        at_target = np.arange(0, part.size, part.shape[1]) + labels[rows]
        target = flat[at_target]
        flat[at_target] = 0
        rest = row_sums(exps)[:, 0]
        if losses is not None:
            losses[rows] = _label_losses(part, labels[rows], shift, target, rest)
        if gradient is not None:
            divisor = (target + rest) / weights[rows]
            exps /= divisor[:, None]
            flat[at_target] = -rest / divisor
            gradient[rows] = exps


def _label_losses(
    logits: np.ndarray, labels: np.ndarray, shift: np.ndarray | None, target: np.ndarray, rest: np.ndarray
) -> np.ndarray:
    ratio = rest / target
    losses = np.log1p(ratio)
    # Far from the truth the ratio may overflow, or the target underflow. Then log(sum) - z_y is large, and nothing cancels.
    far = np.flatnonzero(~(ratio < np.sqrt(np.finfo(ratio.dtype).max)))
    if far.size:
        distance = logits[far, labels[far]] - (0 if shift is None else shift[far, 0])
        losses[far] = np.log(target[far] + rest[far]) - distance
    return losses


def soft_gradient_rows(
    logits: np.ndarray, targets: np.ndarray, gradient: np.ndarray, weights: np.ndarray | float = 1.0
) -> None:
    """Write `weights` times the gradient of the loss of every row into `gradient`, for targets (N, K) that sum to 1."""
    working = np.promote_types(logits.dtype, np.float64)
    spare = spare_memory(logits, working)
    weights = np.broadcast_to(weights, len(logits))
    for rows, part in row_blocks(logits):
        exps = spare[: part.size].reshape(part.shape)
        exponentials(part, row_shift(part, working), out=exps)
        flat = exps.reshape(-1)
        at_top = np.arange(0, part.size, part.shape[1]) + part.argmax(1)
        exps /= flat[at_top][:, None]
        flat[at_top] = 0
        rest = row_sums(exps)
        flat[at_top] = 1
        exps -= targets[rows]
        exps -= targets[rows] * rest
        exps *= weights[rows, None] / (1 + rest)
        gradient[rows] = exps

"""A real image that the reader shifts, blurs and dims while a linear softmax model in the page answers."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._checks import class_indices, numbers, texts
from softmax_lib.interactive._figure import Figure


def garment_stress(
    images: np.ndarray,
    labels: Sequence[int],
    weights: np.ndarray,
    bias: Sequence[float],
    class_names: Sequence[str],
    *,
    root: bool = False,
    description: str | None = None,
) -> Figure:
    """A test image under stress, and the ten probabilities of a linear model that sees it.

    Controls choose the image, shift, blur, dim and disturb it; the garment itself can be dragged. A second view shows
    which pixels decide between the two most probable classes. The model runs in the page: its weights travel as
    8-bit integers, one scale a class.

    Parameters
    ----------
    images : array of uint8, shape (M, n, n)
        The images to choose from; at most 12.
    labels : sequence of M ints
        Their true classes.
    weights : array of shape (n * n, K)
        Weights for pixels (or their square roots) divided by 255, so between 0 and 1.
    bias : sequence of K floats
    class_names : sequence of K str
        At most 10.
    root : bool
        True if the weights are for square roots of the pixels.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    TypeError
        If the images are not uint8.
    ValueError
        If shapes do not fit together, a number is not finite, a label is out of range, or there are too many images
        or classes.

    Examples
    --------
    >>> image = np.zeros((1, 4, 4), np.uint8)
    >>> garment_stress(image, [0], np.zeros((16, 2)), [0, 0], ["shoe", "bag"]).component
    'garment-stress'

    Used in chapter 10.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8 gray levels from 0 to 255, not {images.dtype}")
    if images.ndim != 3 or images.shape[1] != images.shape[2] or not 1 <= len(images) <= 12:
        raise ValueError(f"images must be 1 to 12 squares, shape (M, n, n), not {images.shape}")
    names = texts(class_names, "class_names", (2, 10))
    steps, scales = quantize(numbers(weights, "weights", images.shape[1] ** 2, len(names)))
    offset = numbers(bias, "bias", len(names))
    truth = class_indices(labels, "labels", len(images), len(names))
    if description is None:
        description = (
            "A garment of 28 by 28 gray pixels beside the probabilities of ten classes; sliders shift, blur, dim and "
            "disturb it until the model changes its mind."
        )
    spec = {
        "side": images.shape[1],
        "images": base64.b64encode(images.tobytes()).decode(),
        "labels": truth.tolist(),
        "names": names,
        "root": bool(root),
        "weights": base64.b64encode(np.ascontiguousarray(steps.T).tobytes()).decode(),
        "scales": [float(f"{scale:.6g}") for scale in scales],
        "bias": [float(f"{value:.6g}") for value in offset],
    }
    return Figure("garment-stress", spec, "A garment under stress", description)


def quantize(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """8-bit integers and one scale a column whose product is nearest to `weights`.

    Parameters
    ----------
    weights : array of shape (D, K)

    Returns
    -------
    (ndarray of int8, shape (D, K); ndarray of shape (K,))

    Examples
    --------
    >>> steps, scales = quantize(np.array([[1.0, -4.0], [0.5, 2.0]]))
    >>> steps.tolist()
    [[127, -127], [64, 64]]
    """
    scales = np.abs(weights).max(axis=0) / 127
    scales = np.where(scales > 0, scales, 1.0)
    return np.rint(weights / scales).astype(np.int8), scales

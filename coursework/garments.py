"""The hidden garments of the project, and what a student's two functions make of them.

Students have all images of Fashion-MNIST and all labels, so no part of it can be hidden as it is. Hidden are, drawn from
the secret seed: which images are for training and which for the test, a new numbering of the ten classes (a table of
the published answers is then worth nothing), and for every test image a shift and the light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from coursework.secret import generator

__all__ = ["Garments", "Scores", "hidden_garments", "misplace", "scores"]

TRAINING_IMAGES, TEST_IMAGES = 6000, 3000


@dataclass(frozen=True, eq=False)
class Garments:
    """Images (N, 28, 28) of type uint8 and labels from 0 to 9."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


@dataclass(frozen=True)
class Scores:
    """What counts on the hidden test images."""

    accuracy: float
    log_loss: float
    calibration_error: float


def misplace(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the camera does: up to one pixel off in each direction, and up to 30 % less light. Returns float32.

    Examples
    --------
    >>> image = np.zeros((1, 28, 28)); image[0, 10, 10] = 200
    >>> moved = misplace(image, np.random.default_rng(0))
    >>> bool(140 <= moved.max() <= 200 and moved[0, 9:12, 9:12].sum() == moved.sum())
    True
    """
    count = len(images)
    padded = np.pad(np.asarray(images, dtype=np.float32), ((0, 0), (1, 1), (1, 1)))
    down, right = rng.integers(3, size=(2, count))
    rows, columns = down[:, None] + np.arange(28), right[:, None] + np.arange(28)
    moved = padded[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved * rng.uniform(0.7, 1.0, size=(count, 1, 1)).astype(np.float32)


def hidden_garments() -> Garments:
    """The images that this secret seed draws; the same for every submission."""
    return _draw(generator("project.garments").bit_generator.state["state"]["state"])


@cache
def _draw(_: int) -> Garments:
    from softmax_lib.datasets import load_fashion_mnist

    clothes, rng = load_fashion_mnist(), generator("project.garments")
    numbering = rng.permutation(10)
    train = rng.choice(len(clothes.train_images), TRAINING_IMAGES, replace=False)
    test = rng.choice(len(clothes.test_images), TEST_IMAGES, replace=False)
    test_images = np.round(misplace(clothes.test_images[test], rng)).astype(np.uint8)
    return Garments(
        clothes.train_images[train],
        numbering[clothes.train_labels[train]],
        test_images,
        numbering[clothes.test_labels[test]],
    )


def scores(
    train: Callable[[np.ndarray, np.ndarray, int], Mapping[str, Any]],
    predict_probabilities: Callable[[Mapping[str, Any], np.ndarray], np.ndarray],
) -> Scores:
    """Train on the hidden training images and score on the hidden test images, once for several tests.

    Raises
    ------
    AssertionError
        When the answer is not a row of ten probabilities for every image.
    Exception
        Whatever the student's functions raise; again, and without training again, for the next test.
    """
    global _last
    if _last is None or _last[0] is not train or _last[1] is not predict_probabilities:
        try:
            outcome: Scores | Exception = _scores(train, predict_probabilities)
        except Exception as error:
            outcome = error
        _last = (train, predict_probabilities, outcome)
    if isinstance(_last[2], Exception):
        raise _last[2]
    return _last[2]


_last: tuple[Callable, Callable, Scores | Exception] | None = None


def _scores(train: Callable, predict_probabilities: Callable) -> Scores:
    from softmax_lib import expected_calibration_error

    garments = hidden_garments()
    parameters = train(garments.train_images.copy(), garments.train_labels.copy(), 0)
    p = np.asarray(predict_probabilities(parameters, garments.test_images.copy()), dtype=float)
    labels = garments.test_labels
    assert p.shape == (len(labels), 10), f"the answer has the shape {p.shape}"
    assert np.isfinite(p).all(), "the answer holds nan or infinity"
    assert (p >= 0).all(), "the answer holds negative numbers"
    assert np.allclose(p.sum(axis=1), 1, atol=1e-4), "a row does not sum to 1"
    p /= p.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        log_loss = float(-np.log(p[np.arange(len(labels)), labels]).mean())
    accuracy = float(np.mean(p.argmax(axis=1) == labels))
    return Scores(accuracy, log_loss, expected_calibration_error(p, labels))

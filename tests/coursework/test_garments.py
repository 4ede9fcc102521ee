"""The hidden garments of the project: drawn from the secret, misplaced, numbered anew, and scored once."""

import numpy as np
import pytest

from coursework import garments
from softmax_lib.datasets import load_fashion_mnist


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("COURSEWORK_SEED", "a trial")
    return monkeypatch


def test_the_secret_decides_everything(secret):
    first, again = garments.hidden_garments(), garments.hidden_garments()
    assert np.array_equal(first.test_images, again.test_images)
    secret.setenv("COURSEWORK_SEED", "another")
    other = garments.hidden_garments()
    assert not np.array_equal(first.train_images, other.train_images)
    assert not np.array_equal(first.test_images, other.test_images)
    assert first.train_images.shape == (6000, 28, 28)
    assert first.test_images.shape == (3000, 28, 28)
    assert first.test_images.dtype == first.train_images.dtype == np.uint8


def test_classes_are_numbered_anew_the_same_way_in_both_parts(secret):
    clothes, hidden = load_fashion_mnist(), garments.hidden_garments()
    published = {
        image.tobytes(): label for image, label in zip(clothes.train_images, clothes.train_labels, strict=True)
    }
    pairs = {
        (int(published[image.tobytes()]), int(label))
        for image, label in zip(hidden.train_images, hidden.train_labels, strict=True)
    }
    assert len(pairs) == 10
    assert len({new for _, new in pairs}) == 10
    assert any(old != new for old, new in pairs)
    # The same numbering in the test part: class by class the mean garments of both parts look alike.
    for label in range(10):
        means = [
            images[labels == label].mean(axis=0).ravel()
            for images, labels in (
                (hidden.train_images, hidden.train_labels),
                (hidden.test_images, hidden.test_labels),
            )
        ]
        assert np.corrcoef(*means)[0, 1] > 0.9


def test_test_images_are_not_the_published_ones(secret):
    published = {image.tobytes() for image in load_fashion_mnist().test_images}
    same = sum(image.tobytes() in published for image in garments.hidden_garments().test_images)
    assert same < 30


def test_misplace_shifts_by_one_pixel_and_dims_by_thirty_percent():
    rng = np.random.default_rng(3)
    images = np.zeros((400, 28, 28), np.uint8)
    images[:, 14, 9] = 200
    moved = garments.misplace(images, rng)
    _, rows, columns = np.nonzero(moved)
    assert set(rows) == {13, 14, 15}
    assert set(columns) == {8, 9, 10}
    light = moved.max(axis=(1, 2))
    assert 140 <= light.min() < 145
    assert 195 < light.max() <= 200


def test_trains_once_for_several_tests(secret):
    calls = []

    def train(images, labels, seed):
        calls.append(seed)
        return {"shares": np.bincount(labels, minlength=10) / len(labels)}

    def predict(parameters, images):
        return np.tile(parameters["shares"], (len(images), 1))

    first, again = garments.scores(train, predict), garments.scores(train, predict)
    assert calls == [0]
    assert first is again
    assert abs(first.log_loss - np.log(10)) < 0.01
    assert first.accuracy < 0.15


def test_what_the_student_raises_is_raised_for_every_test(secret):
    calls = []

    def train(images, labels, seed):
        calls.append(seed)
        raise RuntimeError("out of ideas")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="out of ideas"):
            garments.scores(train, lambda parameters, images: None)
    # The prediction was another function each time, so training ran again: results never pass between submissions.
    assert calls == [0, 0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda n: np.full((n, 9), 1 / 9), "shape"),
        (lambda n: np.full((n, 10), 0.2), "sum to 1"),
        (lambda n: np.full((n, 10), np.nan), "nan"),
        (lambda n: np.tile([1.5, -0.5] + [0.0] * 8, (n, 1)), "negative"),
    ],
)
def test_refuses_what_is_not_a_probability(secret, answer, said):
    with pytest.raises(AssertionError, match=said):
        garments.scores(lambda images, labels, seed: {}, lambda parameters, images: answer(len(images)))

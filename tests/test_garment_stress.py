"""The garment under stress: the component without a browser, against NumPy and SciPy."""

import re

import numpy as np
import pytest
from in_page import Page
from scipy.ndimage import gaussian_filter1d

from softmax_lib import interactive, softmax
from softmax_lib.datasets import FASHION_CLASSES
from softmax_lib.interactive._garment_stress import quantize

GENERATOR = np.random.default_rng(7)
LABELS = [3, 0, 9]
# Smooth blobs: something with an outline, unlike noise.
ROWS, COLUMNS = np.mgrid[:28, :28]
IMAGES = np.stack(
    [255 * np.exp(-((ROWS - 13) ** 2 + (COLUMNS - c) ** 2) / w) for c, w in [(14, 30), (9, 60), (16, 15)]]
).astype(np.uint8)
WEIGHTS = GENERATOR.normal(size=(784, 10)) / 10
BIAS = GENERATOR.normal(size=10)
STEPS, SCALES = quantize(WEIGHTS)


def figure(**keywords):
    return interactive.garment_stress(IMAGES, LABELS, WEIGHTS, BIAS, FASHION_CLASSES, **keywords)


play = Page(figure()).play


def expected(image, right=0, down=0, blur=0.0, contrast=1.0, root=False):
    """The same chain in NumPy: shift, blur, contrast, then the quantized linear model."""
    pixels = np.zeros((28 + 32, 28 + 32))
    pixels[16 + down : 44 + down, 16 + right : 44 + right] = IMAGES[image] / 255
    pixels = pixels[16:44, 16:44]
    if blur:
        reach = int(np.ceil(3 * blur))
        for axis in (0, 1):
            pixels = gaussian_filter1d(pixels, blur, axis=axis, mode="constant", radius=reach)
    pixels = np.clip(pixels * contrast, 0, 1)
    inputs = np.sqrt(pixels) if root else pixels
    return softmax(inputs.ravel() @ (STEPS * SCALES) + BIAS)


def probability_in(text):
    return float(re.search(r"probability (?:> |< )?([\d.]+)", text)[1])


@pytest.mark.parametrize(
    "stress",
    [
        {},
        {"right": 5, "down": -3},
        {"right": -8, "down": 8},
        {"blur": 1.25},
        {"contrast": 0.3},
        {"contrast": 2.5},
        {"right": 2, "blur": 0.5, "contrast": 1.7},
    ],
)
@pytest.mark.parametrize("image", [0, 1, 2])
def test_probabilities_agree_with_numpy(image, stress):
    events = [["set", "image", str(image)], *(["set", name, value] for name, value in stress.items())]
    probabilities = expected(image, **stress)
    text = play(*events)["text"]
    assert probability_in(text) == pytest.approx(probabilities.max(), abs=6e-4)
    assert text.startswith(FASHION_CLASSES[probabilities.argmax()])


def test_square_roots():
    probabilities = expected(0, right=1, root=True)
    text = play(["set", "right", 1], spec=figure(root=True).spec)["text"]
    assert probability_in(text) == pytest.approx(probabilities.max(), abs=6e-4)


def test_bars_show_all_probabilities():
    svg = play()["svg"]
    widths = [float(w) for w in re.findall(r'<rect x="322" y="[\d.]+" width="([\d.]+)"', svg)]
    np.testing.assert_allclose(np.array(widths) / (432 - 322), expected(0), atol=1e-4)


def test_noise_is_the_same_for_the_same_state_and_changes_the_answer():
    noisy = play(["set", "noise", 0.3])
    assert noisy == play(["set", "noise", 0.3])
    assert noisy["svg"] != play()["svg"]
    assert play(["set", "noise", 0.3], ["set", "noise", 0])["text"] == play()["text"]


def test_dragging_is_shifting():
    center = 8 + 98
    dragged = play(["move", "garment", center + 3 * 7 + 2, center - 7])["state"]
    assert (dragged["right"], dragged["down"]) == (3, -1)
    far = play(["move", "garment", 9999, -9999])["state"]
    assert (far["right"], far["down"]) == (8, -8)
    # one press of an arrow key is four units: one pixel of the image
    assert play(["move", "garment", center + 4, center])["state"]["right"] == 1


def test_evidence_names_the_two_classes_that_compete():
    probabilities = expected(0)
    first, second = np.argsort(probabilities)[::-1][:2]
    text = play(["set", "view", "evidence"])["text"]
    assert f"for {FASHION_CLASSES[first]} or for {FASHION_CLASSES[second]}" in text


def test_reads_wrong_answers_as_wrong():
    truth, guess = LABELS[0], expected(0).argmax()
    text = play()["text"]
    assert ("right." in text) == (truth == guess)
    assert ("wrong, the label says" in text) == (truth != guess)


def test_a_frame_is_small():
    assert len(play(["set", "noise", 0.5])["svg"]) < 40_000


def test_quantized_weights_are_within_half_a_step():
    assert np.abs(STEPS * SCALES - WEIGHTS).max() <= SCALES.max() / 2 * (1 + 1e-9)
    steps, scales = quantize(np.zeros((4, 2)))
    assert not steps.any()
    assert np.all(scales == 1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"images": IMAGES.astype(float)}, TypeError, "uint8"),
        ({"images": IMAGES[:, :14]}, ValueError, "squares"),
        ({"images": np.zeros((13, 28, 28), np.uint8)}, ValueError, "1 to 12"),
        ({"weights": WEIGHTS[:, :9]}, ValueError, "weights must be an array of 784 × 10 numbers"),
        ({"weights": WEIGHTS * np.nan}, ValueError, "finite"),
        ({"bias": BIAS[:9]}, ValueError, "bias must be an array of 10 numbers"),
        ({"labels": [0, 1]}, ValueError, "labels must be 3 integers"),
        ({"labels": [0, 1, 10]}, ValueError, "labels must lie in 0 to 9"),
        ({"class_names": ["one"]}, ValueError, "2 to 10 names"),
    ],
)
def test_bad_input(change, error, message):
    arguments = {"images": IMAGES, "labels": LABELS, "weights": WEIGHTS, "bias": BIAS, "class_names": FASHION_CLASSES}
    with pytest.raises(error, match=message):
        interactive.garment_stress(**(arguments | change))

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [raw]
# # ASSIGNMENT CONFIG
# name: project
# init_cell: true
# check_all_cell: false
# export_cell:
#   pdf: false
#   run_tests: false
# generate: false
# tests:
#   ok_format: false
#   files: true
# show_question_points: true

# %% [markdown]
# # Project · A garment classifier that knows what it does not know
#
# A warehouse sorts used clothes. A camera takes a gray picture of 28 × 28 pixels of each piece, a model says what it is, and an arm throws it into one of ten boxes. A wrong box costs money; a person who looks at a doubtful piece costs less. So the warehouse needs
# two things of you: answers, and an honest number beside each of them.
#
# You have Fashion-MNIST to learn from, taken in a studio. The warehouse's camera is not a studio: the pieces lie up to one pixel off in each direction, and a dusty lamp takes up to 30 percent of the light.
#
# > **You will be able to**
# >
# > - train an image classifier that stands up to a change that you can foresee,
# > - report accuracy, log-loss and calibration, and say how sure the report itself is,
# > - decide which answers to hand to a person,
# > - write a model card, and discuss what the numbers do not say.
# >
# > **Time:** about 12 hours, over two or three weeks. **Points:** 100. **You need:** chapters 6, 7, 8 and 10, and the course's repository, whose library reads the images.
#
# **How it works.** Two functions train and predict; the grader calls them with images that you do not have: a secret choice of 6000 studio pictures to train on, and 3000 pictures from the warehouse's camera. The classes are numbered anew, so nothing can be learned
# by heart; `train` has to learn from what it is given. You may use NumPy, or Keras inside the functions; training must take less than 60 seconds on one core. In the grader the course's library is missing: the cells that use it run on your computer only, and are skipped there.

# %%
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # in case you use Keras: no log lines

import numpy as np

try:
    from softmax_lib.datasets import load_fashion_mnist

    clothes = load_fashion_mnist()
except ImportError:  # the grader brings its own images
    clothes = None


def misplace(images, generator):
    """What the camera does: up to one pixel off in each direction, and up to 30 % less light."""
    count = len(images)
    padded = np.pad(np.asarray(images, dtype=np.float32), ((0, 0), (1, 1), (1, 1)))
    down, right = generator.integers(3, size=(2, count))
    rows, columns = down[:, None] + np.arange(28), right[:, None] + np.arange(28)
    moved = padded[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved * generator.uniform(0.7, 1.0, size=(count, 1, 1)).astype(np.float32)


def show(image):
    """Print a picture in five shades, every second row."""
    for line in np.asarray(image, dtype=float)[::2]:
        print("".join(" .:*#"[min(4, int(value / 52))] for value in line))


if clothes is not None:
    show(clothes.train_images[0])

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · Train and predict
#
# Write two functions.
#
# - `train(images, labels, seed)`: `images` has shape $(N,28,28)$, gray levels 0 … 255 of type uint8, at least 300 of them; `labels` are whole numbers from 0 to 9. Return a dictionary of plain arrays and numbers, all that is needed to predict. The same seed gives the
#   same model.
# - `predict_probabilities(parameters, images)`: the probabilities of the ten classes, shape $(N,10)$, for images as they come from the camera. The answer to an image does not depend on the others.
#
# Points on the hidden images of the warehouse: for an accuracy of 0.68 and of 0.80; for a mean log-loss of at most 0.60; for an ECE (15 bins) of at most 0.035.
#
# Think before you train. Which part of the data decides about what (chapter 10)? What can the network be *shown* so that a shifted garment is no surprise? On which images do you fit a temperature, if those of the warehouse are not there to fit it on? And how
# would you know your score before we do?

# %% [raw]
# # BEGIN SOLUTION


# %%
# BEGIN SOLUTION NO PROMPT
def softmax(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def features(images, mean):
    """Square roots of the gray levels, centered, one row an image."""
    roots = np.sqrt(np.asarray(images, dtype=np.float32) / 255)
    return (2 * (roots - mean)).reshape(len(images), -1)


def logits(parameters, inputs):
    hidden = np.maximum(inputs @ parameters["W1"] + parameters["b1"], 0)
    return hidden, hidden @ parameters["W2"] + parameters["b2"]


def temperature(z, labels):
    z = z.astype(float) - z.max(axis=1, keepdims=True)
    own, low, high = z[np.arange(len(z)), labels], 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        slope = np.mean(np.sum(softmax(middle * z) * z, axis=1) - own)
        low, high = (middle, high) if slope < 0 else (low, middle)
    return 2 / (low + high)


# END SOLUTION
def train(images, labels, seed):
    """A dictionary of arrays and numbers: all that `predict_probabilities` needs."""
    # BEGIN SOLUTION
    epochs, batch, hidden, rate, decay = 30, 100, 128, 2e-3, 0.05
    generator = np.random.default_rng(seed)
    images, labels = np.asarray(images, dtype=np.float32), np.asarray(labels)
    order = generator.permutation(len(images))
    held_out, rest = order[: len(images) // 6], order[len(images) // 6 :]
    mean = np.sqrt(images[rest] / 255).mean(axis=0)
    learned = {
        "W1": generator.normal(0, np.sqrt(2 / 784), size=(784, hidden)).astype(np.float32),
        "b1": np.zeros(hidden, np.float32),
        "W2": generator.normal(0, np.sqrt(1 / hidden), size=(hidden, 10)).astype(np.float32),
        "b2": np.zeros(10, np.float32),
    }
    first = {name: np.zeros_like(value) for name, value in learned.items()}
    second = {name: np.zeros_like(value) for name, value in learned.items()}
    steps, t = epochs * (len(rest) // batch), 0
    for _ in range(epochs):
        shuffled = generator.permutation(rest)
        for rows in shuffled[: len(rest) // batch * batch].reshape(-1, batch):
            inputs = features(misplace(images[rows], generator), mean)
            h, z = logits(learned, inputs)
            error = softmax(z)
            error[np.arange(batch), labels[rows]] -= 1
            error /= batch
            back = (error @ learned["W2"].T) * (h > 0)
            slopes = {"W1": inputs.T @ back, "b1": back.sum(axis=0), "W2": h.T @ error, "b2": error.sum(axis=0)}
            t += 1
            now = rate / 2 * (1 + np.cos(np.pi * t / steps))
            for name, value in learned.items():
                first[name] += 0.1 * (slopes[name] - first[name])
                second[name] += 0.01 * (slopes[name] ** 2 - second[name])
                size = np.sqrt(second[name] / (1 - 0.99**t)) + 1e-8
                value -= (now * (first[name] / (1 - 0.9**t) / size + decay * value)).astype(np.float32)
    z = logits(learned, features(misplace(images[held_out], generator), mean))[1]
    return learned | {"mean": mean, "temperature": temperature(z, labels[held_out])}
    # END SOLUTION


def predict_probabilities(parameters, images):
    """Probabilities (N, 10) of images with gray levels 0 to 255."""
    # BEGIN SOLUTION
    z = logits(parameters, features(images, parameters["mean"]))[1]
    return softmax(z.astype(float) / parameters["temperature"])
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 5
failure_message: >-
  Trained on 300 simple pictures, the answer must have the shape (N, 10), no negative entry, and rows that sum to 1. Logits are not probabilities, and softmax belongs over the classes. Reread chapter 7, 'When it breaks'.
"""  # END TEST CONFIG


def test_probabilities(train, predict_probabilities, np):
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 10
    bars = np.zeros((300, 28, 28))
    bars[np.arange(300)[:, None], 2 * labels[:, None] + [4, 5], :] = 200
    images = np.clip(bars + rng.integers(0, 50, size=bars.shape), 0, 255).astype(np.uint8)
    p = np.asarray(predict_probabilities(train(images, labels, 1), images[:40]))
    assert p.shape == (40, 10)
    assert p.min() >= 0
    assert np.allclose(p.sum(axis=1), 1, atol=1e-5)


# %%
""" # BEGIN TEST CONFIG
points: 5
failure_message: >-
  Ten kinds of horizontal bars, 600 pictures: a child could learn it, and the answers to new pictures are wrong. Do labels and columns belong together, and does the loss fall? Reread chapter 10, 'Common mistakes'.
"""  # END TEST CONFIG


def test_learns_bars(train, predict_probabilities, np):
    rng = np.random.default_rng(1)
    labels = np.arange(800) % 10
    bars = np.zeros((800, 28, 28))
    for row in range(3):
        bars[np.arange(800), 2 + 2 * labels + labels // 2 + row - 1, :] = 220 - 20 * row
    images = np.clip(bars + rng.integers(0, 30, size=bars.shape), 0, 255).astype(np.uint8)
    p = np.asarray(predict_probabilities(train(images[:600], labels[:600], 2), images[600:]))
    assert np.mean(p.argmax(axis=1) == labels[600:]) > 0.9


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  The same seed gave two models, or the answer to a picture depends on the other pictures of the batch. Draw every random number from np.random.default_rng(seed), or set the seed of Keras inside train. Reread chapter 7, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_repeatable(train, predict_probabilities, np):
    from coursework.secret import generator

    rng = generator("project.q1.repeatable")
    labels = np.arange(300) % 10
    images = rng.integers(0, 120, size=(300, 28, 28))
    images[np.arange(300)[:, None], 2 * labels[:, None] + [4, 5], :] += 100
    images, seed = images.astype(np.uint8), int(rng.integers(1000))
    one, two = train(images, labels, seed), train(images, labels, seed)
    # Noise, not the images of the training: two models that learned these by heart are equally sure of them.
    noise = rng.integers(0, 220, size=(30, 28, 28)).astype(np.uint8)
    p = np.asarray(predict_probabilities(one, noise))
    assert p.shape == (30, 10)
    assert np.allclose(p, predict_probabilities(two, noise), atol=1e-3)
    assert np.allclose(p[7:8], predict_probabilities(one, noise[7:8]), atol=1e-3)


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  On the warehouse's pictures fewer than 68 percent of the answers are right (or training failed, or took longer than a minute). Check the scaling of the pixels, the labels, and the loss of the first steps. Reread chapter 10, 'Common mistakes'.
"""  # END TEST CONFIG


def test_hidden_accuracy(train, predict_probabilities, np):
    from coursework.garments import scores

    assert scores(train, predict_probabilities).accuracy >= 0.68


# %%
""" # BEGIN TEST CONFIG
points: 10
hidden: true
failure_message: >-
  On the warehouse's pictures fewer than 80 percent of the answers are right. A network that was trained on centered garments loses a tenth of its answers to a shift of one pixel: show it shifted ones. Reread chapter 10, 'Is it robust?'.
"""  # END TEST CONFIG


def test_hidden_accuracy_when_misplaced(train, predict_probabilities, np):
    from coursework.garments import scores

    assert scores(train, predict_probabilities).accuracy >= 0.80


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  The mean log-loss on the warehouse's pictures is above 0.60: some wrong answers are given with near certainty. Stop earlier, decay the weights, or serve at a temperature. Reread chapter 10, 'Is it calibrated?'.
"""  # END TEST CONFIG


def test_hidden_log_loss(train, predict_probabilities, np):
    from coursework.garments import scores

    assert scores(train, predict_probabilities).log_loss <= 0.60


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  The calibration error on the warehouse's pictures is above 0.035. Fit a temperature on images that took no part in the training, and that look like those of the warehouse, not like those of the studio. Reread chapter 10, 'Is it calibrated?'.
"""  # END TEST CONFIG


def test_hidden_calibration(train, predict_probabilities, np):
    from coursework.garments import scores

    assert scores(train, predict_probabilities).calibration_error <= 0.035


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Your own hidden test.** You can do what the grader does: another choice of images, and the camera between them and you. (Keep one choice for the very end.)

# %%
if clothes is not None:
    own = np.random.default_rng(2024)
    chosen = own.permutation(60_000)[:6000]
    shots = np.round(misplace(clothes.test_images[:3000], own)).astype(np.uint8)
    truth = clothes.test_labels[:3000]
    model = train(clothes.train_images[chosen], clothes.train_labels[chosen], seed=0)
    for name, pictures in (("studio", clothes.test_images[:3000]), ("warehouse", shots)):
        found = predict_probabilities(model, pictures)
        right = np.mean(found.argmax(axis=1) == truth)
        print(f"{name:9} right {right:.3f}, mean confidence {found.max(axis=1).mean():.3f}")

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · The calibration report
#
# Write `calibration_report(probabilities, labels, bins=15)`. Return a dictionary with
#
# - `"accuracy"`, `"confidence"` (the mean of the largest probabilities), `"log_loss"` (mean, in nats), `"brier"` (the mean over the samples of $\sum_k(p_k-y_k)^2$), `"ece"`,
# - `"counts"`, `"bin_confidence"`, `"bin_accuracy"`: one number a bin, where bin $b$ holds the confidences above $\frac{b-1}B$, up to and including $\frac bB$; an empty bin has 0 in all three.

# %% [raw]
# # BEGIN SOLUTION


# %%
def calibration_report(probabilities, labels, bins=15):
    """Scores of a forecast, and its reliability bin by bin."""
    # BEGIN SOLUTION
    p, labels = np.asarray(probabilities, dtype=float), np.asarray(labels)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    number = np.searchsorted(np.linspace(0, 1, bins + 1), confidence, side="left") - 1
    number = np.clip(number, 0, bins - 1)
    counts = np.bincount(number, minlength=bins)
    filled = np.maximum(counts, 1)
    bin_confidence = np.bincount(number, confidence, minlength=bins) / filled
    bin_accuracy = np.bincount(number, right, minlength=bins) / filled
    return {
        "accuracy": float(right.mean()),
        "confidence": float(confidence.mean()),
        "log_loss": float(-np.log(p[np.arange(len(p)), labels]).mean()),
        "brier": float(np.mean(np.sum((p - np.eye(p.shape[1])[labels]) ** 2, axis=1))),
        "ece": float(np.sum(counts * np.abs(bin_accuracy - bin_confidence)) / len(p)),
        "counts": counts,
        "bin_confidence": bin_confidence,
        "bin_accuracy": bin_accuracy,
    }
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 3
failure_message: >-
  Two answers, (3/4, 1/4) right and (1/2, 1/2) wrong: accuracy 1/2, confidence 5/8, log-loss (log 4/3 + log 2)/2, Brier (1/8 + 1/2)/2. Logarithms are natural, and the Brier score sums over the classes. Reread chapter 6, 'Proper scores'.
"""  # END TEST CONFIG


def test_report_by_hand(calibration_report, np):
    report = calibration_report(np.array([[0.75, 0.25], [0.5, 0.5]]), np.array([0, 1]))
    got = [report[name] for name in ("accuracy", "confidence", "log_loss", "brier")]
    assert np.allclose(got, [0.5, 0.625, (np.log(4 / 3) + np.log(2)) / 2, 0.3125], atol=1e-12), got


# %%
""" # BEGIN TEST CONFIG
points: 2
failure_message: >-
  Four bins, confidences 0.6, 0.7 and 1: two answers in the third bin, one in the last, and zeros where a bin is empty. A confidence of exactly 1 belongs to the last bin. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_report_bins_by_hand(calibration_report, np):
    p = np.array([[0.6, 0.4], [0.3, 0.7], [1.0, 0.0]])
    report = calibration_report(p, np.array([0, 0, 0]), bins=4)
    assert np.array_equal(report["counts"], [0, 0, 2, 1])
    assert np.allclose(report["bin_confidence"], [0, 0, 0.65, 1], atol=1e-12)
    assert np.allclose(report["bin_accuracy"], [0, 0, 0.5, 1], atol=1e-12)


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  On a random forecast one of the five scores is off; the ECE weights the bins by their counts. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_report_scores(calibration_report, np):
    from coursework.secret import generator
    from softmax_lib import brier_score, expected_calibration_error

    rng = generator("project.q2.scores")
    p = rng.dirichlet(np.full(10, 0.3), size=900) * 0.999 + 1e-4
    labels = np.argmax(0.6 * np.log(p) + rng.gumbel(size=p.shape), axis=1)
    report = calibration_report(p, labels, 15)
    expected = {
        "accuracy": np.mean(p.argmax(axis=1) == labels),
        "confidence": p.max(axis=1).mean(),
        "log_loss": -np.log(p[np.arange(900), labels]).mean(),
        "brier": np.mean(brier_score(p, labels)),
        "ece": expected_calibration_error(p, labels, 15),
    }
    for name, value in expected.items():
        assert abs(report[name] - value) < 1e-9, name


# %%
""" # BEGIN TEST CONFIG
points: 5
hidden: true
failure_message: >-
  The bins of a random forecast are off: counts, mean confidence or share of right answers. Bins have equal width between 0 and 1, include their upper edge, and `bins` says how many. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_report_bins(calibration_report, np):
    from coursework.secret import generator
    from softmax_lib import reliability_curve

    rng = generator("project.q2.bins")
    p = rng.dirichlet(np.full(4, 0.5), size=300)
    p[:20] = [0.5, 0.25, 0.125, 0.125]  # on an edge of eight bins
    p[20:40] = [0.125, 0.125, 0.75, 0.0]
    labels = rng.integers(4, size=300)
    labels[20:40] = 2
    curve = reliability_curve(p, labels, 8)
    report = calibration_report(p, labels, 8)
    assert np.array_equal(report["counts"], curve.counts)
    assert np.allclose(report["bin_confidence"], np.nan_to_num(curve.confidence), atol=1e-10)
    assert np.allclose(report["bin_accuracy"], np.nan_to_num(curve.accuracy), atol=1e-10)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %%
if clothes is not None:
    report = calibration_report(predict_probabilities(model, shots), truth)
    for name in ("accuracy", "confidence", "log_loss", "brier", "ece"):
        print(f"{name:10} {report[name]:.4f}")
    print("\n  images   confidence   right")
    for count, sure, right in zip(report["counts"], report["bin_confidence"], report["bin_accuracy"], strict=True):
        if count:
            print(f"{count:8} {sure:12.3f} {right:7.3f}  " + "#" * round(40 * right))

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · When to ask a person
#
# The arm sorts on its own what the model is sure about; the rest goes to a person. The warehouse wants at least the share `target` of what the arm sorts to be right, and as few pieces as possible left for the person.
#
# Write `answer_above(probabilities, labels, target)`. The arm sorts the pieces whose confidence is *at least* $t$. Among all thresholds $t$ that occur as a confidence, take the one with the largest number of sorted pieces whose accuracy is at least `target`. Return
# `(t, coverage)`, the threshold and the share of pieces that the arm sorts. If no threshold reaches the target, return `(1.0, 0.0)`. Pieces with equal confidence are sorted together or not at all.

# %% [raw]
# # BEGIN SOLUTION


# %%
def answer_above(probabilities, labels, target):
    """The threshold on the confidence with the largest coverage at this accuracy."""
    # BEGIN SOLUTION
    p = np.asarray(probabilities, dtype=float)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    best = (1.0, 0.0)
    for t in np.unique(confidence):
        sorted_ones = confidence >= t
        if right[sorted_ones].mean() >= target and sorted_ones.mean() > best[1]:
            best = (float(t), float(sorted_ones.mean()))
    return best
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 2
failure_message: >-
  Confidences 0.9, 0.8, 0.7, 0.6 of which the third is wrong, target 0.75: all four may be sorted, for three of four are right. The accuracy is not monotone in the threshold, so try all. Reread chapter 10, 'What it should have refused'.
"""  # END TEST CONFIG


def test_answers_by_hand(answer_above, np):
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    t, coverage = answer_above(p, np.array([0, 0, 1, 0]), 0.75)
    assert abs(t - 0.6) < 1e-12
    assert coverage == 1.0


# %%
""" # BEGIN TEST CONFIG
points: 2
failure_message: >-
  The surest answer is wrong and no threshold reaches the target of 0.9: return (1.0, 0.0). Reread chapter 10, 'What it should have refused'.
"""  # END TEST CONFIG


def test_target_out_of_reach(answer_above, np):
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]])
    t, coverage = answer_above(p, np.array([1, 0, 0]), 0.9)
    assert t == 1.0
    assert coverage == 0.0


# %%
""" # BEGIN TEST CONFIG
points: 3
hidden: true
failure_message: >-
  On random forecasts another threshold sorts more pieces at the same accuracy, or yours misses the target. Do not stop at the first threshold that fails. Reread chapter 10, 'What it should have refused'.
"""  # END TEST CONFIG


def test_hidden_largest_coverage(answer_above, np):
    from coursework.secret import generator

    rng = generator("project.q3.coverage")
    for target in (0.7, 0.8, 0.9):
        p = rng.dirichlet(np.full(3, 0.8), size=200)
        labels = np.argmax(np.log(p + 1e-12) + rng.gumbel(size=p.shape), axis=1)
        surest = p.max(axis=1).argmax()
        labels[surest] = p[surest].argmin()  # even the surest answer can be wrong
        confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
        order = np.argsort(-confidence)
        shares = np.cumsum(right[order]) / np.arange(1, 201)
        enough = np.flatnonzero(shares >= target)
        expected = (confidence[order][enough[-1]], (enough[-1] + 1) / 200) if len(enough) else (1.0, 0.0)
        assert np.allclose(answer_above(p, labels, target), expected, atol=1e-12), target


# %%
""" # BEGIN TEST CONFIG
points: 3
hidden: true
failure_message: >-
  Several pieces have the same confidence: they are sorted together or not at all. A cut in the middle of them depends on their order. Reread chapter 10, 'What it should have refused'.
"""  # END TEST CONFIG


def test_hidden_equal_confidences(answer_above, np):
    from coursework.secret import generator

    rng = generator("project.q3.ties")
    confidence = np.repeat([0.95, 0.75, 0.55], [4, 4, 8])
    labels = np.array([0, 0, 0, 0] + [0, 0, 1, 1] + [1] * 8)
    order = rng.permutation(16)
    p = np.column_stack([confidence, 1 - confidence])[order]
    t, coverage = answer_above(p, labels[order], 0.8)  # 4/4, then 6/8, then 6/16
    assert np.allclose([t, coverage], [0.95, 0.25], atol=1e-12), (t, coverage)
    t, coverage = answer_above(p, labels[order], 0.75)
    assert np.allclose([t, coverage], [0.75, 0.5], atol=1e-12), (t, coverage)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %%
if clothes is not None:
    found = predict_probabilities(model, shots)
    for target in (0.85, 0.9, 0.95, 0.99):
        t, coverage = answer_above(found[:1500], truth[:1500], target)
        sorted_ones = found[1500:].max(axis=1) >= t
        right = np.mean(found[1500:].argmax(axis=1)[sorted_ones] == truth[1500:][sorted_ones])
        print(
            f"target {target:.2f}: above {t:.3f} the arm sorts {sorted_ones.mean():.3f} of the new pieces, {right:.3f} of them rightly"
        )

# %% [markdown]
# The threshold is chosen on one half and tried on the other. Does it keep its promise?

# %% [raw]
# # BEGIN QUESTION
# name: q4
# manual: true
# points: 20

# %% [markdown]
# ## Question 4 · The calibration report and the model card (written)
#
# Write one page for the warehouse's engineer, with your own measurements.
#
# 1. What you did: the parts of the data and their jobs, the model, what it was shown, how the temperature was fitted. Enough to repeat it.
# 2. What it reaches on misplaced images that decided nothing: accuracy, log-loss, Brier score and ECE, each with its spread over at least three seeds *and* the sampling error of the test set; the reliability table, with a sentence on
#    the bins that prove little; the ECE that a perfect forecaster with your confidences would get.
# 3. Two ablations: without misplaced images in training, and with a temperature fitted on studio images. What changes, by how much, and is it more than luck?
# 4. A model card of at most ten lines, with "known to fail" and "not for".

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# A full answer names three disjoint parts (training, held-out for the temperature, test), says that both the training and the held-out images were misplaced, and reports every score as mean ± deviation over seeds beside a sampling error such as
# $\sqrt{a(1-a)/3000}$. It draws labels from its own probabilities to get the ECE of a perfect forecaster. Without misplaced training images the accuracy falls by about ten points, many sampling errors; with a temperature from studio
# images the ECE rises, because the network is more often right there than in the warehouse. The card names larger shifts, other cameras, garments outside the ten classes, and pictures that show no garment.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q5
# manual: true
# points: 15

# %% [markdown]
# ## Question 5 · Discussion (written)
#
# 1. The manager reads "95 % of what the arm sorts is right" and sets the target to 0.99. Use your table to explain what that costs and whether the promise will hold next month. Which data would you collect to find out?
# 2. A shoe box arrives on the belt, or a cat. What do the probabilities say, why can softmax not say "none of these", and what would you put in front of the arm?
# 3. Shirts are sorted wrongly more often than trousers. Look at the accuracy and the confidence *by class* in your own results: is the model calibrated for shirts? Who pays for the difference, and is a single temperature, or a single threshold, fair to them?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. A higher target costs coverage, steeply near 1, and the threshold was chosen on some hundreds of pieces, of which only a handful were wrong: its promise is uncertain by the sampling error, and it holds for pictures like those of the test. Clothes, lamp and camera
#    drift. Collect a random sample of *all* pieces, also those that the arm sorted, labeled by a person, every week; the doubtful ones alone would give a biased picture.
# 2. Softmax divides a total of 1 among ten garments: given that it is one of them. Far from the data one logit runs ahead and the confidence tends to 1, whatever the temperature. A detector of its own, a class "other" with data for it, or a
#    physical check such as weight.
# 3. Usually confidence is too high for shirts and too low for trousers or bags, although the mean over all classes is right: calibration on average is not calibration for every class. One temperature cannot repair both. Options: thresholds by class, more data for shirts, a cost for each kind of
#    error. Whoever receives the shirts pays.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

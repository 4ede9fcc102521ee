"""Serves the most probable class with near certainty: the accuracy of the model below it, and no honesty."""

# ruff: noqa: F821
# question: q1
# fails: test_hidden_log_loss, test_hidden_calibration

import numpy as np


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


def train(images, labels, seed):
    """A dictionary of arrays and numbers: all that `predict_probabilities` needs."""
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


def predict_probabilities(parameters, images):
    """Probabilities (N, 10) of images with gray levels 0 to 255."""
    z = logits(parameters, features(images, parameters["mean"]))[1]
    return 0.9999 * np.eye(10)[z.argmax(axis=1)] + 0.00001

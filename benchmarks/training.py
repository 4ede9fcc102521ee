"""Train the networks of chapter 10 over several seeds, time the loops, and compare with the bare matrix products.

    python benchmarks/training.py              everything: about six minutes on two CPU cores
    python benchmarks/training.py --seeds 1    a quick look
    python benchmarks/training.py --only speed    or: --only scores

Writes ``benchmarks/results/training.json`` (which chapter 10 reads) and ``training.md``. Times are the best of the epochs
after the first, in the same process as the products they are compared with: other work on the machine only adds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from softmax_lib.datasets import load_fashion_mnist
from softmax_lib.devices import describe
from softmax_lib.keras_models import (
    PixelScaler,
    compile_recipe,
    convolutional_classifier,
    fashion_classifier,
    fit_compiled,
    keras,
    linear_classifier,
)

RESULTS = Path(__file__).parent / "results"
MARKS = (0.87, 0.88, 0.89, 0.90)  # test accuracies to which the time is taken
RECIPES = {
    # name: (builder, epochs, batch size, "tutorial" or weight decay of the recipe)
    "tutorial, 10 epochs": (fashion_classifier, 10, 32, "tutorial"),
    "recipe, 10 epochs": (fashion_classifier, 10, 256, 0.4),
    "recipe, 20 epochs": (fashion_classifier, 20, 256, 0.4),
    "recipe, 40 epochs": (fashion_classifier, 40, 256, 0.4),
    "linear, 10 epochs": (linear_classifier, 10, 256, 0.4),
    "convolutional, 5 epochs": (convolutional_classifier, 5, 256, 0.1),
    "convolutional, 15 epochs": (convolutional_classifier, 15, 256, 0.1),
}


class Clock(keras.callbacks.Callback):
    """Seconds of training after each epoch, without the time that looking at the test set takes."""

    def __init__(self, look: Callable[[], float] | None = None):
        super().__init__()
        self.look, self.seconds, self.accuracies, self.elapsed = look, [], [], 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self._start)
        if self.look:
            self.accuracies.append(self.look())

    def time_to(self, accuracy: float) -> float | None:
        """Seconds until the test accuracy first reached `accuracy`, compilation included; None if it never did."""
        for epoch, reached in enumerate(self.accuracies):
            if reached >= accuracy:
                return sum(self.seconds[: epoch + 1])
        return None


def matrix_products(images: np.ndarray, batch_size: int) -> float:
    """Seconds for the five matrix products a step of the 784-128-10 network cannot do without, over one epoch."""
    random = np.random.default_rng(0)
    hidden_weights = random.normal(size=(784, 128)).astype(np.float32)
    output_weights = random.normal(size=(128, 10)).astype(np.float32)
    start = time.perf_counter()
    for first in range(0, len(images) - batch_size + 1, batch_size):
        batch = images[first : first + batch_size]
        hidden = batch @ hidden_weights
        logits = hidden @ output_weights
        _ = hidden.T @ logits  # gradient of the output weights
        back = logits @ output_weights.T
        _ = batch.T @ back  # gradient of the hidden weights
    return time.perf_counter() - start


def best_products(images: np.ndarray, batch_size: int) -> float:
    """The best of ten runs, five of them on one thread: on a busy machine several threads wait for each other."""
    seconds = []
    for threads in (None, 1):
        with threadpool_limits(threads):
            seconds += [matrix_products(images, batch_size) for _ in range(5)]
    return min(seconds)


def compile_tutorial(model: keras.Model) -> None:
    """The settings that most tutorials share: Adam with its default rate of 0.001."""
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


def measure_speed(clothes, scaled: np.ndarray) -> dict:
    """Seconds an epoch of 60 000 images: products alone, Keras' loop, the compiled loop."""
    flat, labels = scaled.reshape(len(scaled), -1), clothes.train_labels
    part = len(scaled) // 5  # the two slow loops are timed on a fifth: their time grows in proportion
    result = {"products": {}, "fit": {}, "fit_compiled": {}}
    for size in (32, 256):
        result["products"][size] = 5 * best_products(flat[:part], size)
        for name in ("fit_compiled", "fit"):
            model, clock = fashion_classifier(), Clock()
            if size == 256:
                compile_recipe(model, steps=20 * len(scaled) // size)
            else:
                compile_tutorial(model)
            if name == "fit":
                model.fit(scaled[:part], labels[:part], batch_size=size, epochs=4, verbose=0, callbacks=[clock])
                result[name][size] = 5 * min(clock.seconds[1:])
            else:
                fit_compiled(model, scaled, labels, batch_size=size, epochs=6, callbacks=[clock])
                result[name][size] = min(clock.seconds[1:])
        # Again, so that a busy moment of the machine does not flatter the loops.
        again = 5 * best_products(flat[:part], size)
        result["products"][size] = min(result["products"][size], again)
    result["compiled_over_products_256"] = result["fit_compiled"][256] / result["products"][256]
    result["tutorial_over_compiled"] = result["fit"][32] / result["fit_compiled"][256]
    return result


def measure_inference(scaled: np.ndarray) -> dict:
    """Images a second through the compiled forward pass of the 784-128-10 network, by batch size."""
    import tensorflow as tf

    model = fashion_classifier()
    forward = tf.function(lambda batch: model(batch, training=False))
    rates = {}
    for size in (1, 4, 16, 64, 256, 1024, 4096):
        batch = tf.constant(scaled[:size])
        forward(batch)
        repeats = max(3, 4096 // size)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(repeats):
                forward(batch).numpy()
            seconds.append((time.perf_counter() - start) / repeats)
        rates[size] = size / min(seconds)
    return rates


def measure_scores(clothes, scaled, scaled_test, seeds: int, names: Iterable[str]) -> dict:
    """Test accuracy of the named networks and recipes, trained on all 60 000 images."""
    plain, plain_test = (np.float32(part) / 255 for part in (clothes.train_images, clothes.test_images))
    result = {}
    for name in names:
        build, epochs, size, recipe = RECIPES[name]
        accuracies, seconds, marks = [], [], []
        images, test_images = (plain, plain_test) if recipe == "tutorial" else (scaled, scaled_test)
        for seed in range(seeds):
            model = build(seed)
            if recipe == "tutorial":
                compile_tutorial(model)
            else:
                compile_recipe(model, steps=epochs * (len(images) // size), weight_decay=recipe)

            def look(model=model, test_images=test_images):
                return model.evaluate(test_images, clothes.test_labels, batch_size=1000, verbose=0)[1]

            clock = Clock(look)
            fit_compiled(
                model, images, clothes.train_labels, epochs=epochs, batch_size=size, seed=seed, callbacks=[clock]
            )
            accuracies.append(clock.accuracies[-1])
            seconds.append(sum(clock.seconds))
            marks.append([clock.time_to(mark) for mark in MARKS])
            print(f"{name}, seed {seed}: {accuracies[-1]:.4f} in {seconds[-1]:.1f} s", flush=True)
        reached = [[run[k] for run in marks if run[k] is not None] for k in range(len(MARKS))]
        result[name] = {
            "parameters": build(0).count_params(),
            "accuracies": [round(value, 4) for value in accuracies],
            "mean": statistics.mean(accuracies),
            "sd": statistics.stdev(accuracies) if seeds > 1 else None,
            "seconds": statistics.median(seconds),
            # Only marks that every seed reached: a median over the lucky ones would flatter.
            "seconds_to": {
                str(mark): statistics.median(times) if len(times) == seeds else None
                for mark, times in zip(MARKS, reached, strict=True)
            },
        }
    return result


def markdown(report: dict) -> str:
    """The report as tables for people."""
    lines = ["# Training the networks of chapter 10", "", f"{report['device']}. Last measured on {report['date']}.", ""]
    if "scores" in report:
        lines += [
            "Trained on all 60 000 images of Fashion-MNIST, scored on its 10 000 test images; the spread is over seeds.",
            "",
            "| network and recipe | weights | test accuracy | training | "
            + " | ".join(f"to {m}" for m in MARKS)
            + " |",
            "|---|--:|---|--:|" + "--:|" * len(MARKS),
        ]
        for name, row in report["scores"].items():
            spread = f" ± {row['sd']:.4f}" if row["sd"] is not None else ""
            times = ["–" if value is None else f"{value:.1f} s" for value in row["seconds_to"].values()]
            lines.append(
                f"| {name} | {row['parameters']:,} | {row['mean']:.4f}{spread} (n = {len(row['accuracies'])}) | "
                f"{row['seconds']:.1f} s | " + " | ".join(times) + " |"
            )
        lines.append("")
    if "speed" in report:
        speed = report["speed"]
        lines += [
            "Seconds an epoch of 60 000 images, 784-128-10 network:",
            "",
            "| | batch 32 | batch 256 |",
            "|---|--:|--:|",
        ]
        names = {"products": "matrix products alone (NumPy)", "fit_compiled": "fit_compiled", "fit": "model.fit"}
        for key, title in names.items():
            by_size = {int(size): value for size, value in speed[key].items()}
            lines.append(f"| {title} | {by_size[32]:.2f} | {by_size[256]:.2f} |")
        lines += [
            "",
            f"The compiled epoch at batch 256 takes {speed['compiled_over_products_256']:.1f} times the products alone; "
            f"the tutorial's loop (`fit`, batch 32) takes {speed['tutorial_over_compiled']:.1f} times the compiled epoch.",
            "",
            "Images a second, forward pass:",
            "",
            "| batch | " + " | ".join(str(size) for size in report["inference"]) + " |",
            "|---|" + "--:|" * len(report["inference"]),
            "| images/s | " + " | ".join(f"{rate:,.0f}" for rate in report["inference"].values()) + " |",
            "",
        ]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=5, help="training runs of every recipe")
    arguments.add_argument("--only", choices=["speed", "scores"], help="measure one part and keep the other's results")
    arguments.add_argument("--recipes", nargs="+", choices=RECIPES, help="train these alone and keep the other results")
    options = arguments.parse_args()

    file = RESULTS / "training.json"
    report = json.loads(file.read_text("utf-8")) if (options.only or options.recipes) and file.exists() else {}
    report["device"] = describe()
    report["date"] = date.today().isoformat()
    print(report["device"], flush=True)
    clothes = load_fashion_mnist()
    scaler = PixelScaler.fit(clothes.train_images)
    scaled, scaled_test = scaler(clothes.train_images), scaler(clothes.test_images)
    if options.only != "scores" and not options.recipes:
        report["speed"] = measure_speed(clothes, scaled)
        report["inference"] = measure_inference(scaled)
    if options.only != "speed":
        fresh = measure_scores(clothes, scaled, scaled_test, options.seeds, options.recipes or RECIPES)
        scores = report.get("scores", {}) | fresh
        report["scores"] = {name: scores[name] for name in RECIPES if name in scores}
    RESULTS.mkdir(exist_ok=True)
    file.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (RESULTS / "training.md").write_text(markdown(json.loads(file.read_text("utf-8"))), "utf-8")
    print(f"\n{markdown(json.loads(file.read_text('utf-8')))}\nWritten to {RESULTS}")


if __name__ == "__main__":
    main()

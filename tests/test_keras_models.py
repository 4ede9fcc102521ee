"""The networks and the training loop, against hand computations, Keras' own loop and the NumPy library."""

import os
import subprocess
import sys

import numpy as np
import pytest

from softmax_lib import cross_entropy_gradient, one_hot, softmax, softmax_vjp
from softmax_lib import keras_models as models

keras = models.keras
BUILDERS = {
    models.digits_classifier: (64, 64 * 64 + 64 + 64 * 10 + 10),
    models.fashion_classifier: ((28, 28), 784 * 128 + 128 + 128 * 10 + 10),
    models.linear_classifier: ((28, 28), 784 * 10 + 10),
    models.convolutional_classifier: (
        (28, 28),
        25 * 16 + 16 + 9 * 16 * 32 + 32 + 7 * 7 * 32 * 64 + 64 + 64 * 10 + 10,
    ),
}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, size=(300, 28, 28)).astype(np.uint8)


@pytest.fixture(scope="module")
def scaled(images):
    return models.PixelScaler.fit(images)(images)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(1).integers(0, 10, size=300)


@pytest.mark.parametrize("build", BUILDERS)
class TestBuilders:
    def test_shape_size_and_simplex(self, build):
        shape, parameters = BUILDERS[build]
        model = build()
        inputs = np.random.default_rng(0).normal(size=(5, *np.atleast_1d(shape))).astype("float32")
        probabilities = model.predict(inputs, verbose=0)
        assert model.count_params() == parameters
        assert probabilities.shape == (5, 10)
        assert np.all(probabilities > 0)
        np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)

    def test_softmax_false_returns_the_logits(self, build):
        shape, _ = BUILDERS[build]
        inputs = np.random.default_rng(0).normal(size=(5, *np.atleast_1d(shape))).astype("float32")
        logits = build(3, softmax=False).predict(inputs, verbose=0)
        np.testing.assert_allclose(softmax(logits), build(3).predict(inputs, verbose=0), atol=1e-6)

    def test_seed(self, build):
        first, again, other = (build(seed).get_weights() for seed in (1, 1, 2))
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
        assert not np.array_equal(first[0], other[0])

    @pytest.mark.parametrize("seed", [-1, 0.5, None])
    def test_bad_seed(self, build, seed):
        with pytest.raises(ValueError, match="non-negative integer"):
            build(seed)


def test_the_articles_model_layer_by_layer():
    names = [type(layer).__name__ for layer in models.fashion_classifier().layers]
    assert names == ["Flatten", "Dense", "Dense", "Softmax"]
    assert models.fashion_classifier().layers[1].activation is keras.activations.relu


class TestSoftmaxOnAndOff:
    def test_detached_model_shares_weights_and_returns_logits(self, scaled):
        model = models.fashion_classifier()
        logits = models.detach_softmax(model).predict(scaled, verbose=0)
        np.testing.assert_allclose(softmax(logits), model.predict(scaled, verbose=0), atol=1e-6)
        assert models.detach_softmax(model).layers[1] is model.layers[1]

    def test_round_trip(self, scaled):
        model = models.fashion_classifier()
        again = models.attach_softmax(models.detach_softmax(model))
        np.testing.assert_array_equal(again.predict(scaled, verbose=0), model.predict(scaled, verbose=0))

    def test_wrong_ending(self):
        with pytest.raises(ValueError, match="ends in Dense"):
            models.detach_softmax(models.fashion_classifier(softmax=False))
        with pytest.raises(ValueError, match="already ends in a Softmax"):
            models.attach_softmax(models.fashion_classifier())


class TestPixelScaler:
    def test_against_the_formula(self, images):
        roots = np.sqrt(images / 255)
        expected = (roots - roots.mean(0)) / np.maximum(roots.std(0), 0.05)
        np.testing.assert_allclose(models.PixelScaler.fit(images)(images), expected, atol=2e-5)

    def test_bytes_and_floats_agree(self, images):
        scaler = models.PixelScaler.fit(images)
        np.testing.assert_allclose(scaler(images.astype(float)), scaler(images), atol=2e-5)

    def test_statistics_come_from_the_fitted_images_only(self, images):
        scaler = models.PixelScaler.fit(images[:200])
        np.testing.assert_array_equal(scaler(images)[200:], scaler(images[200:]))

    def test_a_pixel_that_never_changes(self):
        blank = np.zeros((4, 2, 2), np.uint8)
        scaler = models.PixelScaler.fit(blank)
        assert np.all(scaler(blank) == 0)
        assert np.all(np.isfinite(scaler(blank + np.uint8(255))))

    def test_other_ranges(self):
        images = np.random.default_rng(0).uniform(0, 16, size=(50, 8, 8))
        assert abs(models.PixelScaler.fit(images, top=16)(images).mean()) < 1e-5

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            (np.zeros((28, 28)), "shape"),
            (np.full((2, 28, 28), 256.0), "gray levels from 0 to 255"),
            (np.full((2, 28, 28), -0.1), "gray levels from 0 to 255"),
            (np.full((2, 28, 28), np.nan), "gray levels from 0 to 255"),
            (np.zeros((0, 28, 28)), "at least one image"),
        ],
    )
    def test_bad_input(self, bad, message):
        with pytest.raises(ValueError, match=message):
            models.PixelScaler.fit(bad)

    def test_other_size(self, images):
        with pytest.raises(ValueError, match="fitted on images of"):
            models.PixelScaler.fit(images)(images[:, :14])


class TestServing:
    def test_same_answers_and_a_file_that_needs_only_keras(self, images, tmp_path):
        scaler, model = models.PixelScaler.fit(images), models.fashion_classifier()
        serving = models.serving_model(model, scaler)
        expected = model.predict(scaler(images), verbose=0)
        np.testing.assert_allclose(serving.predict(images, verbose=0), expected, atol=1e-5)
        serving.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(loaded.predict(images, verbose=0), serving.predict(images, verbose=0))

    def test_sizes_must_agree(self, images):
        with pytest.raises(ValueError, match="the scaler was fitted on"):
            models.serving_model(models.fashion_classifier(), models.PixelScaler.fit(images[:, :14, :14]))


class TestRecipe:
    def test_rate_falls_along_a_cosine_to_zero(self):
        model = models.linear_classifier()
        models.compile_recipe(model, steps=100, learning_rate=0.01, weight_decay=0.2)
        # Keras exposes the schedule only through the rate at the current step.
        rates = []
        for step in (0, 50, 100):
            model.optimizer.iterations.assign(step)
            rates.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
        np.testing.assert_allclose(rates, [0.01, 0.005, 0], atol=1e-9)
        assert model.optimizer.weight_decay == 0.2

    def test_convolutions_are_left_to_the_backend(self):
        model = models.convolutional_classifier()
        models.compile_recipe(model, steps=1)
        assert not model.jit_compile

    def test_label_smoothing_takes_one_hot_targets(self, scaled, labels):
        model = models.linear_classifier()
        models.compile_recipe(model, steps=4, label_smoothing=0.1)
        history = models.fit_compiled(model, scaled, np.eye(10, dtype="float32")[labels], epochs=4, batch_size=300)
        assert history.history["loss"][-1] < history.history["loss"][0]

    def test_no_steps(self):
        with pytest.raises(ValueError, match="at least 1"):
            models.compile_recipe(models.linear_classifier(), steps=0)


class TestFitCompiled:
    def test_one_step_is_the_gradient_step_of_chapter_5(self, scaled, labels):
        model = models.linear_classifier()
        weights, bias = model.get_weights()
        flat = scaled.reshape(len(scaled), -1).astype(float)
        gradient = cross_entropy_gradient(flat @ weights + bias, labels)
        model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
        models.fit_compiled(model, scaled, labels, epochs=1, batch_size=300)
        new_weights, new_bias = model.get_weights()
        np.testing.assert_allclose(new_weights, weights - 0.01 * flat.T @ gradient, atol=1e-6)
        np.testing.assert_allclose(new_bias, bias - 0.01 * gradient.sum(0), atol=1e-6)

    def test_agrees_with_fit_where_the_order_does_not_matter(self, scaled, labels):
        def train(fit):
            model = models.fashion_classifier(seed=4)
            models.compile_recipe(model, steps=5)
            return fit(model).history, model.get_weights()

        ours, our_weights = train(lambda m: models.fit_compiled(m, scaled, labels, epochs=5, batch_size=300))
        theirs, their_weights = train(lambda m: m.fit(scaled, labels, epochs=5, batch_size=300, verbose=0))
        np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-4)
        np.testing.assert_allclose(ours["accuracy"], theirs["accuracy"], atol=1e-6)
        for a, b in zip(our_weights, their_weights, strict=True):
            np.testing.assert_allclose(a, b, atol=2e-4)

    @pytest.mark.claim("Chapter 10: the same seed gives the same weights, bit by bit")
    def test_same_seed_same_bits(self, scaled, labels):
        def train(seed):
            model = models.fashion_classifier(seed=0)
            models.compile_recipe(model, steps=12)
            models.fit_compiled(model, scaled, labels, epochs=4, batch_size=100, seed=seed)
            return model.get_weights()

        first, again, other = train(0), train(0), train(1)
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
        assert not np.array_equal(first[0], other[0])

    def test_every_image_of_the_full_batches_is_visited_once(self):
        """With rate 1 and a linear loss, each visit adds one to the weight of the image's own pixel."""
        pixels = np.eye(12, dtype="float32")
        model = keras.Sequential(
            [keras.layers.Input((12,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
        )
        model.compile(keras.optimizers.SGD(4.0), loss=lambda target, output: -keras.ops.mean(output))
        models.fit_compiled(model, pixels, np.zeros(12), epochs=3, batch_size=4)
        np.testing.assert_allclose(model.get_weights()[0].ravel(), 3, rtol=1e-6)

    def test_callbacks_and_validation(self, scaled, labels, tmp_path):
        model = models.fashion_classifier()
        model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = models.fit_compiled(
            model, scaled[:200], labels[:200], epochs=30, batch_size=100, validation_data=(scaled[200:], labels[200:]),
            callbacks=[
                keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
                keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", save_best_only=True),
            ],
        )  # fmt: skip
        losses = history.history["val_loss"]
        assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert len(losses) < 30  # noise cannot be learned: the validation loss rises soon
        best = keras.models.load_model(tmp_path / "best.keras")
        for loaded in (best, model):
            loss = loaded.evaluate(scaled[200:], labels[200:], verbose=0)[0]
            assert loss == pytest.approx(min(losses), rel=1e-4)

    def test_convolutions_train_as_well(self, scaled, labels):
        model = models.convolutional_classifier()
        models.compile_recipe(model, steps=3)
        losses = models.fit_compiled(model, scaled, labels, epochs=3, batch_size=300).history["loss"]
        assert losses[0] > losses[-1]

    def test_not_compiled(self, scaled, labels):
        with pytest.raises(ValueError, match="compiled model"):
            models.fit_compiled(models.linear_classifier(), scaled, labels, epochs=1)

    @pytest.mark.parametrize(
        ("count", "size", "message"), [(299, 10, "equally many"), (300, 301, "batch_size"), (300, 0, "batch_size")]
    )
    def test_bad_sizes(self, scaled, labels, count, size, message):
        model = models.linear_classifier()
        models.compile_recipe(model, steps=1)
        with pytest.raises(ValueError, match=message):
            models.fit_compiled(model, scaled, labels[:count], epochs=1, batch_size=size)


class TestProgressLine:
    def train(self, scaled, labels, **keywords):
        model = models.linear_classifier()
        models.compile_recipe(model, steps=4)
        models.fit_compiled(
            model, scaled, labels, epochs=2, batch_size=150, callbacks=[models.ProgressLine("linear")], **keywords
        )

    def test_in_a_log_only_the_last_state(self, scaled, labels, capfd):
        self.train(scaled, labels, validation_data=(scaled, labels))
        out, err = capfd.readouterr()
        assert err == ""
        (line,) = out.splitlines()
        assert line.startswith("linear: 2 epochs in ")
        assert "validation loss" in line

    def test_in_a_terminal_one_line_is_rewritten(self, scaled, labels, capsys, monkeypatch):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        self.train(scaled, labels)
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        assert out.count("\r") == 4  # compiling, two epochs, the last state
        assert "epoch 1 of 2" in out

    def test_in_a_notebook_one_output_is_updated(self, scaled, labels, capfd, monkeypatch):
        display = pytest.importorskip("IPython.display")
        states = []

        class Handle:
            def update(self, content, raw):
                states.append(content["text/plain"])

        def show(content, raw, display_id):
            states.append(content["text/plain"])
            return Handle()

        monkeypatch.setattr(models, "_in_notebook", lambda: True)
        monkeypatch.setattr(display, "display", show)
        self.train(scaled, labels)
        assert capfd.readouterr() == ("", "")
        assert [state.split(":")[0] for state in states] == ["linear"] * 4
        assert states[-1].startswith("linear: 2 epochs in ")


# --- gradients with respect to inputs ---------------------------------------------------------------------------------


def test_input_gradient_of_a_network_agrees_with_the_chain_rule():
    model = models.linear_classifier(seed=0)
    weights = model.get_weights()[0]
    images = np.random.default_rng(0).normal(size=(5, 28, 28)).astype(np.float32)
    labels = np.array([3, 1, 4, 1, 5])
    chosen = one_hot(labels, 10, dtype=np.float32)
    p = keras.ops.convert_to_numpy(model(images)).astype(np.float64)
    at_logits = softmax_vjp(p, chosen.astype(np.float64))
    found = models.input_gradient(lambda x: keras.ops.sum(keras.ops.multiply(model(x), chosen)), images)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.reshape(5, -1), at_logits @ weights.T, rtol=1e-4, atol=1e-6)


def test_input_gradient_of_a_constant_is_zero():
    found = models.input_gradient(lambda x: keras.ops.sum(0 * x), np.ones((2, 3)))
    assert found.shape == (2, 3)
    assert not found.any()


def test_input_gradient_of_integers_is_refused():
    with pytest.raises(TypeError, match=r"int64: convert with np.float32"):
        models.input_gradient(keras.ops.sum, np.arange(3))


OTHER_BACKENDS = """
import numpy as np
from softmax_lib.keras_models import compile_recipe, fit_compiled, input_gradient, keras, linear_classifier
print(keras.backend.backend(), input_gradient(lambda x: keras.ops.sum(x**2), np.float32([1, -3])).tolist())
model = linear_classifier(seed=0)
compile_recipe(model, steps=8)
images = np.random.default_rng(0).normal(size=(512, 28, 28)).astype("float32")
losses = fit_compiled(model, images, np.arange(512) % 10, epochs=4).history["loss"]
print(len(losses), losses[-1] < losses[0])
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_same_code_on_another_backend(backend):
    pytest.importorskip(backend)
    done = subprocess.run(
        [sys.executable, "-c", OTHER_BACKENDS],
        capture_output=True, text=True, env={**os.environ, "KERAS_BACKEND": backend}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{backend} [2.0, -6.0]", "4 True"]

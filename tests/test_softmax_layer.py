"""The book's own softmax layer: values, masks, gradients by SGD steps, saving; against softmax_lib."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmax_lib import cross_entropy_gradient, softmax
from softmax_lib import keras_models as models

keras = models.keras
Layer = models.TemperatureSoftmax
SCORES = st.floats(-1e4, 1e4, width=32)


@pytest.mark.claim("Chapter 7: the layer agrees with `softmax_lib` at every temperature and under every mask")
@given(
    arrays(np.float32, (3, 5), elements=SCORES), arrays(bool, (3, 5)), st.floats(0.1, 10), st.sampled_from([0, 1, -1])
)
@settings(max_examples=40, deadline=None)
def test_value_under_a_mask(scores, mask, temperature, axis):
    found = np.asarray(Layer(axis=axis, temperature=temperature)(scores, mask=mask))
    wanted = softmax(scores.astype(float) / temperature, axis=axis, where=mask)
    # float32 keeps a difference of scores of 1e4 to about 1e-3 / temperature
    np.testing.assert_allclose(found, wanted, atol=2e-3 / temperature)
    assert np.all(found[~mask] == 0)
    assert np.all(np.isfinite(found))


@pytest.mark.parametrize("scores", [[1000.0, 999.0, -1000.0], [3e38, -3e38, 0.0], [0.0, 0.0, 0.0]])
def test_extreme_scores(scores):
    found = np.asarray(Layer()(np.array([scores], "float32")))[0]
    np.testing.assert_allclose(found, softmax(np.array(scores)), atol=1e-6)


def test_a_masked_entry_may_hold_anything_large():
    found = np.asarray(Layer()(np.array([[1.0, 2.0, 3e38]], "float32"), mask=np.array([[True, True, False]])))
    np.testing.assert_allclose(found, [[*softmax([1.0, 2.0]), 0.0]], atol=1e-6)


def test_a_row_with_nothing_left_is_zero():
    found = np.asarray(Layer()(np.ones((2, 3), "float32"), mask=np.array([[False] * 3, [True] * 3])))
    np.testing.assert_allclose(found, [[0, 0, 0], [1 / 3] * 3], atol=1e-7)


@pytest.mark.parametrize("shape", [(2, 1), (1, 5), (2, 5)])
def test_masks_broadcast(shape):
    mask = np.arange(np.prod(shape)).reshape(shape) % 2 == 0
    scores = np.random.default_rng(0).normal(size=(2, 5)).astype("float32")
    found = np.asarray(Layer()(scores, mask=mask))
    np.testing.assert_allclose(found, softmax(scores, where=np.broadcast_to(mask, (2, 5))), atol=1e-6)


def test_half_precision_is_computed_in_single():
    scores = np.zeros((1, 2000), "float16")
    found = np.asarray(Layer(dtype="float16")(scores))
    assert found.dtype == np.float16
    np.testing.assert_allclose(found.astype(float), 1 / 2000, rtol=1e-3)


def test_several_axes():
    scores = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    found = np.asarray(Layer(axis=(1, 2))(scores))
    np.testing.assert_allclose(found.reshape(2, -1), softmax(scores.reshape(2, -1)), atol=1e-6)


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_gradient_by_one_step_of_descent(temperature):
    """A model of ten free logits: after a step of rate 1, old minus new logits are the gradient."""
    logits = np.random.default_rng(1).normal(scale=3, size=10).astype("float32")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(10), Layer(temperature=temperature)])
    model.layers[0].set_weights([np.zeros((1, 10)), logits])
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(), run_eagerly=True)
    model.train_on_batch(np.zeros((1, 1), "float32"), np.array([7]))
    found = logits - np.asarray(model.layers[0].bias)
    wanted = cross_entropy_gradient(logits.astype(float) / temperature, 7) / temperature
    np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_saves_and_loads_with_its_settings(tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.Dense(5), Layer(axis=1, temperature=3.0, name="end")])
    inputs = np.random.default_rng(0).normal(size=(6, 4, 3)).astype("float32")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert (loaded.layers[-1].axis, loaded.layers[-1].temperature) == (1, 3.0)
    np.testing.assert_array_equal(np.asarray(loaded(inputs)), np.asarray(model(inputs)))
    assert model.output_shape == (None, 4, 5)


def test_config_round_trip_with_several_axes():
    layer = Layer.from_config(Layer(axis=[1, 2], temperature=0.5).get_config())
    assert (layer.axis, layer.temperature) == ((1, 2), 0.5)


@pytest.mark.parametrize("temperature", [0, -1.0, float("inf"), float("nan")])
def test_impossible_temperatures_are_explained(temperature):
    with pytest.raises(ValueError, match="temperature must be positive"):
        Layer(temperature=temperature)

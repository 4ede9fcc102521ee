"""Reliability curves, ECE and temperature scaling, against slow definitions and a general optimizer."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

import softmax_lib as sl


def calibrated_sample(samples=20_000, classes=4, temperature=1.0, seed=0):
    """Labels drawn from the softmax of the logits, and the logits multiplied by a temperature."""
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(samples, classes))
    return logits * temperature, sl.Categorical(logits).sample(rng=rng)


def test_reliability_curve_against_its_definition():
    logits, labels = calibrated_sample(500)
    p = sl.softmax(logits)
    curve = sl.reliability_curve(p, labels, bins=7)
    confidence, right = p.max(1), p.argmax(1) == labels
    for b in range(7):
        inside = (confidence > curve.edges[b]) & (confidence <= curve.edges[b + 1])
        assert curve.counts[b] == inside.sum()
        if inside.any():
            assert curve.confidence[b] == pytest.approx(confidence[inside].mean())
            assert curve.accuracy[b] == pytest.approx(right[inside].mean())
        else:
            assert np.isnan([curve.confidence[b], curve.accuracy[b]]).all()
    assert curve.counts.sum() == 500
    expected = np.nansum(curve.counts * np.abs(curve.accuracy - curve.confidence)) / 500
    assert sl.expected_calibration_error(p, labels, bins=7) == pytest.approx(expected, rel=1e-14)


def test_quantile_bins_hold_equal_counts():
    logits, labels = calibrated_sample(1000)
    curve = sl.reliability_curve(sl.softmax(logits), labels, bins=10, strategy="quantile")
    assert (np.abs(curve.counts - 100) <= 1).all()


def test_confidence_on_an_edge():
    curve = sl.reliability_curve([[1.0, 0.0], [0.5, 0.5]], [0, 0], bins=2)
    assert curve.counts.tolist() == [1, 1]
    assert curve.expected_calibration_error == 0.25


def test_error_of_a_calibrated_and_of_an_overconfident_model():
    # With 20 000 samples in 15 bins the error of a calibrated model is about 0.01 from noise alone.
    assert sl.expected_calibration_error(*_probabilities(*calibrated_sample())) < 0.015
    assert sl.expected_calibration_error(*_probabilities(*calibrated_sample(temperature=3))) > 0.1


def _probabilities(logits, labels):
    return sl.softmax(logits), labels


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[2.0, -1.0]], [0]), ValueError, "Are these logits"),
        (([[2.0, 1.0]], [0]), ValueError, "probabilities must sum to 1"),
        (
            ([0.5, 0.5], [0]),
            ValueError,
            r"probabilities must have shape \(N, K\) and labels shape \(N,\), got \(2,\) and \(1,\)",
        ),
        (([[0.5, 0.5]], [0.0]), TypeError, "labels must hold integer labels"),
        (([[0.5, 0.5]], [2]), ValueError, "labels must lie in 0 to 1"),
        ((np.zeros((0, 2)), []), ValueError, "there is no sample: probabilities has 0 rows"),
        ((0.5, [0]), ValueError, "at least one class"),
        (([[0.5, 0.5]], [0], 0), ValueError, "bins must be a positive integer, got 0"),
        (([[0.5, 0.5]], [0], 5, "other"), ValueError, 'strategy must be "uniform" or "quantile", got \'other\''),
    ],
)
def test_messages(arguments, error, message):
    for function in (sl.reliability_curve, sl.expected_calibration_error):
        with pytest.raises(error, match=message):
            function(*arguments)


# --- temperature scaling ----------------------------------------------------------------------------------------------


@pytest.mark.claim(
    "Chapter 6: temperature scaling recovers the temperature of a model whose only fault is a temperature"
)
@pytest.mark.parametrize("temperature", [0.2, 1.0, 4.0])
def test_the_right_temperature_is_found(temperature):
    logits, labels = calibrated_sample(temperature=temperature)
    scaler = sl.TemperatureScaler().fit(logits, labels)
    assert scaler.temperature_ == pytest.approx(temperature, rel=0.05)  # four standard errors
    assert sl.expected_calibration_error(scaler.predict_proba(logits), labels) < 0.015
    np.testing.assert_array_equal(scaler.transform(logits).argmax(1), logits.argmax(1))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_the_fit_is_optimal_and_free_of_scale(seed, log_scale):
    logits, labels = calibrated_sample(60, 3, seed=seed)
    logits = logits + sl.one_hot(labels, 3) * 0.5
    scale = 10.0**log_scale
    scaler = sl.TemperatureScaler().fit(logits * scale, labels)
    best = scipy.optimize.minimize_scalar(
        lambda t: sl.cross_entropy(logits / np.exp(t), labels),
        bounds=(-6, 6),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert sl.cross_entropy(scaler.transform(logits * scale), labels) <= best.fun * (1 + 1e-12)
    assert scaler.temperature_ / scale == pytest.approx(np.exp(best.x), rel=1e-5)
    assert scaler.n_iter_ < 60


def test_a_constant_added_to_a_row_changes_nothing():
    logits, labels = calibrated_sample(500)
    moved = logits + np.random.default_rng(0).normal(size=(500, 1)) * 100
    fits = [sl.TemperatureScaler().fit(z, labels).temperature_ for z in (logits, moved)]
    assert fits[0] == pytest.approx(fits[1], rel=1e-10)


def test_shapes_and_dtypes():
    logits, labels = calibrated_sample(500)
    scaler = sl.TemperatureScaler().fit(logits.astype(np.float32), labels)
    assert scaler.transform(np.float32([[1, 2, 3, 4]])).dtype == np.float32
    assert scaler.predict_proba([1, 2, 3, 4]).shape == (4,)


def test_messages_of_the_scaler():
    scaler = sl.TemperatureScaler()
    with pytest.raises(ValueError, match=r"no temperature yet; call fit\(logits, labels\) first"):
        scaler.transform([[0.0, 1.0]])
    with pytest.raises(ValueError, match="every sample is classified rightly"):
        scaler.fit([[2.0, 0.0], [0.0, 1.0]], [0, 1])
    with pytest.raises(ValueError, match="no better than a constant guess"):
        scaler.fit([[2.0, 0.0], [0.0, 1.0]], [1, 0])
    with pytest.raises(ValueError, match="every row of logits is constant"):
        scaler.fit([[2.0, 2.0]], [1])
    with pytest.raises(ValueError, match="logits must be finite"):
        scaler.fit([[np.inf, 2.0]], [1])
    with pytest.raises(ValueError, match=r"logits must have shape \(N, K\)"):
        scaler.fit([[1.0, 2.0]], [1, 0])

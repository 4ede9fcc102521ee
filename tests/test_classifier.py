"""SoftmaxClassifier: scores, probabilities, decisions, and what it says about bad arguments."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import softmax_lib as sl


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    return sl.SoftmaxClassifier(rng.normal(size=(4, 3)), rng.normal(size=3), classes=["cat", "dog", "bird"])


@pytest.fixture
def X():
    return np.random.default_rng(1).normal(size=(20, 4))


def test_scores_and_probabilities(model, X):
    logits = X @ model.weights + model.bias
    np.testing.assert_array_equal(model.decision_function(X), logits)
    np.testing.assert_allclose(model.predict_proba(X), scipy.special.softmax(logits, axis=1), rtol=1e-14)
    np.testing.assert_allclose(model.predict_log_proba(X), scipy.special.log_softmax(logits, axis=1), rtol=1e-13)


def test_decisions(model, X):
    best = model.decision_function(X).argmax(1)
    np.testing.assert_array_equal(model.predict(X), model.classes[best])
    top = model.predict_top_k(X, 3)
    assert top.shape == (20, 3)
    np.testing.assert_array_equal(top[:, 0], model.predict(X))
    for row, p in zip(top, model.predict_proba(X), strict=True):
        assert sorted(row) == ["bird", "cat", "dog"]
        assert (np.diff([p[list(model.classes).index(name)] for name in row]) <= 0).all()
    np.testing.assert_array_equal(model.predict_top_k(X, np.int64(2)), top[:, :2])


def test_ties_go_to_the_first_class():
    model = sl.SoftmaxClassifier(np.zeros((1, 3)), classes=[7, 5, 6])
    assert model.predict([[1.0]]).tolist() == [7]
    assert model.predict_top_k([[1.0]], 3).tolist() == [[7, 5, 6]]


def test_score_is_the_accuracy(model, X):
    y = model.predict(X).copy()
    assert model.score(X, y) == 1
    y[:5] = np.where(y[:5] == "cat", "dog", "cat")
    assert model.score(X, y) == 0.75


def test_defaults_and_dtypes():
    model = sl.SoftmaxClassifier([[1, 0], [0, 1]])
    assert model.weights.dtype == np.float64
    assert model.bias.tolist() == [0, 0]
    assert model.predict([[1, 2]]).tolist() == [1]
    single = sl.SoftmaxClassifier(np.eye(2, dtype=np.float32))
    assert single.predict_proba(np.eye(2, dtype=np.float32)).dtype == np.float32
    assert repr(single) == "SoftmaxClassifier(2 features, 2 classes)"
    assert single.predict(np.zeros((0, 2))).shape == (0,)


def test_parameters_are_copies():
    weights = np.eye(2)
    model = sl.SoftmaxClassifier(weights)
    weights[0, 0] = 100
    assert model.weights[0, 0] == 1


@pytest.mark.claim(
    "Chapter 4: adding the same vector to every class's weights gives the same classifier",
    theorem="thm-04-identifiability",
)
@settings(max_examples=30)
@given(hnp.arrays(np.float64, (3, 1), elements=st.floats(-10, 10)), st.floats(-10, 10))
def test_weights_are_identifiable_only_up_to_a_common_vector(vector, constant):
    rng = np.random.default_rng(0)
    weights, bias, X = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(10, 3))
    moved = sl.SoftmaxClassifier(weights + vector, bias + constant)
    np.testing.assert_allclose(moved.predict_proba(X), sl.SoftmaxClassifier(weights, bias).predict_proba(X), rtol=1e-11)


@pytest.mark.claim("Chapter 4: temperature never moves the decision", theorem="thm-04-temperature")
@settings(max_examples=30)
@given(st.floats(0.01, 100))
def test_temperature_never_moves_the_decision(temperature):
    rng = np.random.default_rng(0)
    weights, bias, X = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(50, 3))
    scaled = sl.SoftmaxClassifier(weights / temperature, bias / temperature)
    np.testing.assert_array_equal(scaled.predict(X), sl.SoftmaxClassifier(weights, bias).predict(X))


@pytest.mark.claim(
    "Chapter 4: the log-odds of two classes are affine in the features, so boundaries are linear",
    theorem="thm-04-log-odds",
)
def test_log_odds_are_affine(model):
    a, b = np.random.default_rng(2).normal(size=(2, 1, 4))
    odds = [np.diff(model.predict_log_proba(x)[0, :2])[0] for x in (a, (a + b) / 2, b)]
    assert odds[1] == pytest.approx((odds[0] + odds[2]) / 2, abs=1e-14)


@pytest.mark.claim("Chapter 4: decision regions are convex", theorem="thm-04-regions")
def test_regions_are_convex(model):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 500, 4)) * 2
    same = model.predict(a) == model.predict(b)
    assert same.sum() > 100
    t = rng.random((same.sum(), 1))
    between = t * a[same] + (1 - t) * b[same]
    np.testing.assert_array_equal(model.predict(between), model.predict(a[same]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0, 2.0],), ValueError, r"weights must have shape \(features, classes\), got shape \(2,\)"),
        ((np.zeros((2, 0)),), ValueError, r"got shape \(2, 0\)"),
        (([["a"]],), TypeError, "weights must hold real numbers"),
        (([[np.nan]],), ValueError, "weights must be finite"),
        (
            (np.eye(2), [0.0]),
            ValueError,
            r"bias must have shape \(2,\), one number for each column of weights, got \(1,\)",
        ),
        ((np.eye(2), [0.0, np.inf]), ValueError, "bias must be finite"),
        ((np.eye(2), None, ["a"]), ValueError, r"classes must name the 2 columns of weights in order.*\(1,\)"),
        ((np.eye(2), None, ["a", "a"]), ValueError, r"classes must all be different, got \['a', 'a'\]"),
    ],
)
def test_messages_of_the_constructor(arguments, error, message):
    with pytest.raises(error, match=message):
        sl.SoftmaxClassifier(*arguments)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros(4), ValueError, r"X must have shape \(samples, 4\), got shape \(4,\); reshape one sample"),
        (np.zeros((1, 2, 2)), ValueError, r"images with X\.reshape\(len\(X\), -1\)"),
        (np.zeros((1, 5)), ValueError, "X has 5 features a sample, but weights has 4 rows"),
        ([[0, 0, 0, np.nan]], ValueError, "X must be finite, but row 0 holds NaN or infinity"),
        ([["a"] * 4], TypeError, "X must hold real numbers"),
    ],
)
def test_messages_about_samples(model, X, error, message):
    for method in (model.predict, model.predict_proba, model.predict_log_proba):
        with pytest.raises(error, match=message):
            method(X)


def test_messages_about_labels_and_k(model, X):
    for k in (0, 4, 1.5):
        with pytest.raises(ValueError, match="k must be an integer from 1 to 3, the number of classes"):
            model.predict_top_k(X, k)
    with pytest.raises(ValueError, match=r"y must hold one class for each of the 20 rows of X, got shape \(3,\)"):
        model.score(X, ["cat"] * 3)
    with pytest.raises(ValueError, match=r"y holds \['fish'\], which are none of the classes"):
        model.score(X, ["fish"] * 20)
    with pytest.raises(ValueError, match="no sample to score"):
        model.score(X[:0], [])

"""The theorems of chapter 4, for any weights and any points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmax_lib import SoftmaxClassifier, softmax, softmax_jacobian

NUMBERS = st.floats(-5, 5, allow_subnormal=False)


@st.composite
def models(draw):
    """Weights (D, K), bias (K,) and a pair of points (2, D)."""
    features, classes = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    shapes = [(features, classes), (classes,), (2, features)]
    return tuple(draw(arrays(float, shape, elements=NUMBERS)) for shape in shapes)


@pytest.mark.claim("Chapter 4: log-odds are affine in the features", theorem="thm-04-log-odds")
@given(models(), st.floats(0, 1))
def test_log_odds_are_affine(model, share):
    weights, bias, (one, other) = model
    classifier = SoftmaxClassifier(weights, bias)
    points = np.array([one, other, (1 - share) * one + share * other])
    log_p = classifier.predict_log_proba(points)
    odds = log_p[:, :1] - log_p
    np.testing.assert_allclose(odds[2], (1 - share) * odds[0] + share * odds[1], atol=1e-10)


@pytest.mark.claim(
    "Chapter 4: the logarithm of each probability is concave in the features, so regions of confidence are convex",
    theorem="thm-04-concave",
)
@given(models(), st.floats(0, 1))
def test_log_probability_is_concave(model, share):
    weights, bias, (one, other) = model
    classifier = SoftmaxClassifier(weights, bias)
    ends = classifier.predict_log_proba(np.array([one, other]))
    between = classifier.predict_log_proba(((1 - share) * one + share * other)[None, :])[0]
    assert np.all(between >= (1 - share) * ends[0] + share * ends[1] - 1e-10)


@pytest.mark.claim("Chapter 4: decision regions are convex", theorem="thm-04-regions")
@given(models(), st.floats(0, 1))
def test_a_class_at_both_ends_is_optimal_in_between(model, share):
    weights, bias, (one, other) = model
    classifier = SoftmaxClassifier(weights, bias)
    first, last = classifier.predict(np.array([one, other]))
    if first == last:
        scores = classifier.decision_function(((1 - share) * one + share * other)[None, :])[0]
        assert scores[first] >= scores.max() - 1e-10


@pytest.mark.claim(
    "Chapter 4: temperature never moves the decision, and confidence falls with temperature",
    theorem="thm-04-temperature",
)
@given(arrays(float, st.integers(1, 8), elements=NUMBERS), st.floats(0.05, 20), st.floats(1.0, 20))
def test_temperature_moves_confidence_and_never_the_decision(logits, temperature, warmer):
    cold, hot = softmax(logits / temperature), softmax(logits / (temperature * warmer))
    top = logits.argmax()
    assert cold[top] == cold.max()
    assert hot[top] == hot.max()
    assert hot.max() <= cold.max() + 1e-15


@pytest.mark.claim(
    "Chapter 4: adding one vector to every column of weights and one number to every bias changes no probability",
    theorem="thm-04-identifiability",
)
@given(models(), st.data())
def test_a_common_shift_is_invisible(model, data):
    weights, bias, points = model
    common = data.draw(arrays(float, (weights.shape[0], 1), elements=NUMBERS))
    before = SoftmaxClassifier(weights, bias).predict_proba(points)
    after = SoftmaxClassifier(weights + common, bias + data.draw(NUMBERS)).predict_proba(points)
    np.testing.assert_allclose(after, before, atol=1e-12)


@pytest.mark.claim(
    "Chapter 4: a common shift is the only invisible change: $(D+1)(K-1)$ parameters can be seen",
    theorem="thm-04-identifiability",
)
@pytest.mark.parametrize(("features", "classes"), [(1, 2), (2, 3), (3, 5), (6, 4)])
def test_number_of_visible_parameters(features, classes):
    generator = np.random.default_rng(features * classes)
    X = generator.normal(size=(60, features))
    weights, bias = generator.normal(size=(features, classes)), generator.normal(size=classes)
    jacobians = softmax_jacobian(SoftmaxClassifier(weights, bias).predict_proba(X))
    inputs = np.column_stack([X, np.ones(len(X))])
    derivative = np.einsum("nkj,nd->nkdj", jacobians, inputs).reshape(60 * classes, -1)
    assert np.linalg.matrix_rank(derivative) == (features + 1) * (classes - 1)


@pytest.mark.claim(
    "Chapter 4: among equivalent weights the centered ones have the smallest norm", theorem="thm-04-centered"
)
@given(models())
def test_centered_weights_are_the_smallest(model):
    weights, _, points = model
    centered = weights - weights.mean(axis=1, keepdims=True)
    moved = centered + points[0][:, None]
    expected = np.sum(centered**2) + weights.shape[1] * np.sum(points[0] ** 2)
    np.testing.assert_allclose(np.sum(moved**2), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.claim("Chapter 4: the nearest of $K$ points is the decision of a softmax classifier")
@given(models())
def test_nearest_point_is_a_softmax_classifier(model):
    weights, _, points = model
    squared = np.sum((points[:, :, None] - weights) ** 2, axis=1)
    scores = SoftmaxClassifier(weights, -0.5 * np.sum(weights**2, axis=0)).decision_function(points)
    np.testing.assert_allclose(scores - 0.5 * np.sum(points**2, axis=1, keepdims=True), -0.5 * squared, atol=1e-10)


@pytest.mark.claim(r"Chapter 4: log-loss is at least $(1-\text{accuracy})\log2$, for any model and any labels")
@given(models(), st.lists(st.integers(0, 5), min_size=2, max_size=2))
def test_every_wrong_answer_costs_at_least_log_two(model, labels):
    weights, bias, points = model
    classifier, truth = SoftmaxClassifier(weights, bias), np.array(labels) % len(bias)
    log_loss = -classifier.predict_log_proba(points)[[0, 1], truth].mean()
    accuracy = np.mean(classifier.predict(points) == truth)
    assert log_loss >= (1 - accuracy) * np.log(2) - 1e-12

"""What chapter 10 says about all inputs: saliency, attacks on linear models, rays, ensembles, a softmax too many."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize

from softmax_lib import softmax

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(2, 8)


def _network(seed, classes, features=5, units=7):
    """A random network with one hidden layer: W1, b1, W2, b2, and a point."""
    draw = np.random.default_rng(seed).normal
    return (
        draw(size=(features, units)),
        draw(size=units),
        draw(size=(units, classes)),
        draw(size=classes),
        draw(size=features),
    )


def _logits(x, W1, b1, W2, b2):
    return np.maximum(0, x @ W1 + b1) @ W2 + b2


@pytest.mark.claim(r"Chapter 10: the gradient of $p_k$ is $p_k\sum_jp_j(\nabla z_k-\nabla z_j)$")
@given(seeds, sizes, st.floats(0.1, 10))
def test_gradient_of_a_probability(seed, classes, sharpness):
    """Against complex steps through a smooth map: no cancellation, so the relative error is tiny even at p near 1."""
    generator = np.random.default_rng(seed)
    weights, x = sharpness * generator.normal(size=(4, classes)), generator.normal(size=4)
    z, slopes = np.tanh(x) @ weights, (1 - np.tanh(x) ** 2)[:, None] * weights  # dz/dx, shape (4, K)
    p = softmax(z)
    for k in range(classes):
        formula = p[k] * ((slopes[:, [k]] - slopes) @ p)
        for d in range(4):
            moved = x.astype(complex)
            moved[d] += 1e-30j
            logits = np.tanh(moved) @ weights
            odds = np.exp(logits - logits[k])
            expected = (1 / odds.sum()).imag / 1e-30
            assert formula[d] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        largest = np.abs(slopes[:, [k]] - slopes).max()
        assert np.abs(formula).max() <= p[k] * np.delete(p, k).sum() * largest * (1 + 1e-12)  # the weight is 1 - p_k


@pytest.mark.claim(
    r"Chapter 10: a change of at most $\varepsilon$ a pixel lowers a linear model's lead by at most $\varepsilon\|w_y-w_j\|_1$, attained"
)
@given(seeds, st.integers(1, 6), st.floats(0.01, 3))
def test_linear_certificate(seed, pixels, epsilon):
    """Against a linear program that looks for the worst change."""
    difference = np.random.default_rng(seed).normal(size=pixels)  # w_y - w_j
    worst = optimize.linprog(difference, bounds=[(-epsilon, epsilon)] * pixels)
    bound = epsilon * np.abs(difference).sum()
    assert -worst.fun == pytest.approx(bound, rel=1e-9)
    assert -(-epsilon * np.sign(difference)) @ difference == pytest.approx(bound, rel=1e-12)


@pytest.mark.claim(
    "Chapter 10: along a ray the logits of a ReLU network become affine, and the largest probability tends to 1, unless two classes tie in slope for the first place"
)
@given(seeds, sizes)
def test_certainty_at_infinity(seed, classes):
    *network, x = _network(seed, classes)
    W1, b1, W2, _ = network
    a = x @ W1
    assume(np.abs(a).min() > 1e-3)
    start = max(0, np.max(-b1 / a))
    at = [_logits(t * x, *network) for t in (start, start + 1, start + 2)]
    np.testing.assert_allclose(at[2] - at[1], at[1] - at[0], atol=1e-7 * (1 + start))

    slopes = np.maximum(0, a) @ W2
    first, second = np.sort(slopes)[[-1, -2]]
    assume(first - second > 1e-3)
    far = softmax(_logits(1e7 * x, *network))
    assert far.argmax() == slopes.argmax()
    assert far.max() > 1 - 1e-12


@pytest.mark.claim(
    r"Chapter 10: softmax applied twice gives no probability above $e/(e+K-1)$, so no loss below $\log(1+(K-1)/e)$"
)
@given(st.lists(st.floats(-500, 500), min_size=2, max_size=12).map(np.array))
def test_softmax_twice(z):
    ceiling = math.e / (math.e + len(z) - 1)
    twice = softmax(softmax(z))
    assert twice.max() <= ceiling * (1 + 1e-14)
    corner = softmax(softmax(np.where(np.arange(len(z)) == 0, 1000.0, 0.0)))
    assert corner.max() == pytest.approx(ceiling, rel=1e-14)  # the bound is reached
    assert -np.log(twice).min() >= -math.log(ceiling) * (1 - 1e-14)


@pytest.mark.claim(
    "Chapter 10: the average of several probability vectors is at most as sure as its members on average"
)
@given(seeds, st.integers(1, 5), sizes)
def test_an_average_is_less_sure(seed, members, classes):
    p = softmax(3 * np.random.default_rng(seed).normal(size=(members, 20, classes)))
    assert np.all(p.mean(axis=0).max(axis=-1) <= p.max(axis=-1).mean(axis=0) + 1e-15)

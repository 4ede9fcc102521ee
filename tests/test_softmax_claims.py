"""What chapter 1 says about every vector of scores, tried on many."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmax_lib import entropy, softmax

# Within ±300 no probability of a float64 softmax is rounded to zero.
scores = st.integers(2, 12).flatmap(lambda size: arrays(np.float64, size, elements=st.floats(-300, 300)))
temperatures = st.floats(1, 50)  # colder ones would widen the range


@pytest.mark.claim("Chapter 1: softmax is positive and sums to one")
@given(scores)
def test_lies_inside_the_simplex(z):
    p = softmax(z)
    assert (p > 0).all()
    assert np.isclose(p.sum(), 1, rtol=1e-14)


@pytest.mark.claim("Chapter 1: softmax keeps the order, at every temperature")
@given(scores, temperatures)
def test_keeps_the_order(z, temperature):
    # Scores on a grid of 1/64: distinct ones are too far apart for rounding to merge their probabilities.
    z = np.round(64 * z) / 64
    p = softmax(z / temperature)
    order = np.sign(np.subtract.outer(z, z))
    assert (np.sign(np.subtract.outer(p, p)) == order).all()


@pytest.mark.claim("Chapter 1: adding a constant to all scores changes nothing", theorem="thm-01-shift")
@given(scores, st.integers(-1000, 1000))
def test_shift_invariance(z, constant):
    z = np.round(64 * z) / 64  # so that the addition itself is exact
    assert np.allclose(softmax(z + constant), softmax(z), rtol=1e-13, atol=0)


@pytest.mark.claim(
    "Chapter 1: a difference of scores is the logarithm of the odds, whatever the other scores", theorem="thm-01-odds"
)
@given(scores, st.floats(-300, 300))
def test_odds_depend_on_the_difference_alone(z, other):
    p = softmax(np.append(z, other))
    assert math.isclose(math.log(p[0]) - math.log(p[1]), z[0] - z[1], rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.claim("Chapter 1: for positive amounts, dividing by the sum is the softmax of their logarithms")
@given(arrays(np.float64, st.integers(2, 12), elements=st.floats(1e-100, 1e100)))
def test_softmax_of_logarithms_divides_by_the_sum(amounts):
    assert np.allclose(softmax(np.log(amounts)), amounts / amounts.sum(), rtol=1e-11, atol=0)


@pytest.mark.claim(r"Chapter 1: at temperature $T$, at most $(K-1)\,e^{-\text{lead}/T}$ is missing to certainty")
@given(scores, temperatures)
def test_cold_limit(z, temperature):
    ranked = np.sort(z)[::-1]
    lead = ranked[0] - ranked[1]
    assume(lead > 0)
    missing = softmax(ranked / temperature)[1:].sum()
    assert missing <= (len(z) - 1) * math.exp(-lead / temperature) * (1 + 1e-12)


@pytest.mark.claim(r"Chapter 1: the entropy of a distribution over $K$ classes lies between 0 and $\log K$")
@given(scores)
def test_entropy_bounds(z):
    assert 0 <= entropy(softmax(z)) <= math.log(len(z)) + 1e-12


@pytest.mark.claim("Chapter 1: applied twice to ten classes, softmax gives no probability above $e/(e+9)$")
@given(arrays(np.float64, 10, elements=st.floats(-1000, 1000)))
def test_twice_is_never_sure(z):
    assert softmax(softmax(z)).max() <= math.e / (math.e + 9) + 1e-12

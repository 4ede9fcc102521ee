"""The interactive Metropolis walk: without a browser, against softmax_lib and an independent long-run variance."""

import re
from itertools import pairwise

import numpy as np
import pytest
from in_page import Page

from softmax_lib import interactive, softmax

ENERGIES = np.array([1.5, 0.2, 2.0, 0.0, 1.0, 2.2])
FIGURE = interactive.metropolis_walk(ENERGIES)
play = Page(FIGURE).play


def transition_matrix(temperature):
    size = len(ENERGIES)
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in ((i + 1) % size, (i - 1) % size):
            matrix[i, j] = 0.5 * min(1.0, np.exp((ENERGIES[i] - ENERGIES[j]) / temperature))
        matrix[i, i] = 1 - matrix[i].sum()
    return matrix


def long_run_variance(temperature, lags=4000):
    """Variance of a visit frequency times the number of moves: the sum of all autocovariances."""
    matrix, p = transition_matrix(temperature), softmax(-ENERGIES / temperature)
    power, total = np.eye(len(p)), p * (1 - p)
    for _ in range(lags):
        power = power @ matrix
        total = total + 2 * p * (np.diag(power) - p)
    return total


@pytest.mark.parametrize("temperature", [0.6, 1.0, 3.0])
def test_readout_measures_distance_in_honest_standard_errors(temperature):
    result = play(["set", "temperature", temperature], ["set", "batch", 2000], *[["step"]] * 5)
    visits, moves = np.array(result["state"]["visits"]), result["state"]["moves"]
    p = softmax(-ENERGIES / temperature)
    expected = np.max(np.abs(visits / moves - p) / np.sqrt(long_run_variance(temperature) / moves))
    assert float(re.search(r"lies ([\d.]+) standard errors", result["text"])[1]) == pytest.approx(expected, abs=0.051)
    assert visits.sum() == moves == 10_000


@pytest.mark.parametrize("temperature", [0.6, 1.0, 3.0])
def test_the_walk_converges_to_softmax(temperature):
    """100 000 moves; four standard errors for each of six states."""
    state = play(["set", "temperature", temperature], ["set", "batch", 2000], *[["step"]] * 50)["state"]
    share, error = np.array(state["visits"]) / state["moves"], np.sqrt(long_run_variance(temperature) / state["moves"])
    assert np.all(np.abs(share - softmax(-ENERGIES / temperature)) < 4 * error)


def test_one_move_goes_to_a_neighbor_or_stays():
    path = [play(*[["step"]] * n)["state"]["at"] for n in range(30)]
    assert all((b - a) % 6 in (0, 1, 5) for a, b in pairwise(path))
    assert len(set(path)) > 1


def test_a_refused_move_counts_as_a_visit():
    state = play(["set", "batch", 50], ["step"])["state"]
    assert state["refused"] > 0
    assert sum(state["visits"]) == 50


def test_a_new_temperature_starts_over():
    assert play(["step"], ["set", "temperature", 2.0])["state"]["moves"] == 0
    assert play(["step"], ["set", "batch", 50])["state"]["moves"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"energies": [1.0, 2.0]}, "3 to 8 numbers"),
        ({"energies": [1.0, np.inf, 0.0]}, "finite"),
        ({"energies": [0.0, 1.0, 5.0]}, "within 4"),
        ({"labels": ["a", "b"]}, "labels must hold 6 names, not 2"),
        ({"temperature": 0.1}, "temperature must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.metropolis_walk(**({"energies": ENERGIES} | change))

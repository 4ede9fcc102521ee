"""Would the tests notice? Classic mistakes, put in on purpose, must each fail a check that the library passes.

Every check below is the core of a test in test_functions.py or test_losses.py, as a function of the implementation.
"""

import numpy as np
import pytest
from softmax_reference import exact_softmax, ulps

import softmax_lib as sl

ROWS = np.array([[1.0, 2.0, 3.0], [3.0, 0.0, -2.0]])


# --- checks -----------------------------------------------------------------------------------------------------------


def rows_sum_to_one(softmax):
    np.testing.assert_allclose(softmax(ROWS.copy()).sum(-1), 1, rtol=1e-15)


def a_row_does_not_see_its_neighbors(softmax):
    np.testing.assert_array_equal(softmax(ROWS.copy())[0], softmax(ROWS[:1].copy())[0])


def large_scores_do_not_overflow(softmax):
    np.testing.assert_array_equal(softmax(np.array([[1000.0, 1000.0]])), [[0.5, 0.5]])
    np.testing.assert_array_equal(softmax(np.array([[0.0, 1000.0]])), [[0, 1]])


def very_negative_scores_do_not_underflow(softmax):
    np.testing.assert_allclose(softmax(np.array([[-1000.0, -1001.0]])), softmax(np.array([[1.0, 0.0]])), rtol=1e-15)


def a_distant_outlier_does_no_harm(softmax):
    p = softmax(np.array([[0.0, 1.0, -1e300]]))
    np.testing.assert_allclose(p, softmax(np.array([[0.0, 1.0, -np.inf]])), rtol=1e-15)


def small_probabilities_are_exact(softmax):
    row = np.array([0.0, -300.0, -700.0])
    assert ulps(softmax(row[None])[0], exact_softmax(row)) <= 5


def the_input_is_not_changed(softmax):
    x = ROWS.copy()
    softmax(x)
    np.testing.assert_array_equal(x, ROWS)


def integers_are_converted_first(softmax):
    np.testing.assert_allclose(softmax(np.array([[0, 200]], np.uint8)), softmax(np.array([[0.0, 200.0]])), rtol=1e-15)


def excluded_entries_get_zero(softmax):
    np.testing.assert_array_equal(softmax(np.array([[-np.inf, 0.0, 0.0]])), [[0, 0.5, 0.5]])


def a_bad_row_is_nan_and_alone(softmax):
    p = softmax(np.array([[np.nan, 0.0], [0.0, 0.0], [-np.inf, -np.inf]]))
    np.testing.assert_array_equal(np.isnan(p), [[True, True], [False, False], [True, True]])


CHECKS = [
    rows_sum_to_one,
    a_row_does_not_see_its_neighbors,
    large_scores_do_not_overflow,
    very_negative_scores_do_not_underflow,
    a_distant_outlier_does_no_harm,
    small_probabilities_are_exact,
    the_input_is_not_changed,
    integers_are_converted_first,
    excluded_entries_get_zero,
    a_bad_row_is_nan_and_alone,
]


# --- mistakes ---------------------------------------------------------------------------------------------------------


def _exponentials(x):
    return np.exp(x - x.max(-1, keepdims=True))


def axis_ignored(x):
    exps = np.exp(x - x.max())
    return exps / exps.sum()


def wrong_axis(x):
    exps = np.exp(x - x.max(0))
    return exps / exps.sum(0)


def shift_removed(x):
    exps = np.exp(x)
    return exps / exps.sum(-1, keepdims=True)


def shift_by_the_mean(x):
    exps = np.exp(x - x.mean(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


def shift_by_the_minimum(x):
    exps = np.exp(x - x.min(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


def shift_by_the_maximum_of_the_batch(x):
    exps = np.exp(x - x.max())
    return exps / exps.sum(-1, keepdims=True)


def scores_clipped(x):
    return sl.softmax(np.clip(x, -50, 50))


def probabilities_clipped(x):
    return np.clip(sl.softmax(x), 1e-12, 1)


def epsilon_in_the_denominator(x):
    exps = _exponentials(x)
    return exps / (exps.sum(-1, keepdims=True) + 1e-9)


def input_mutated(x):
    x -= x.max(-1, keepdims=True)
    return sl.softmax(x)


def integers_subtracted_first(x):
    return sl.softmax((x - x.max(-1, keepdims=True)).astype(float))


def nan_to_num(x):
    return np.nan_to_num(sl.softmax(x))


def single_precision_inside(x):
    return sl.softmax(x.astype(np.float32)).astype(np.float64)


def base_two(x):
    return sl.softmax(x * np.log(2))


MISTAKES = {
    axis_ignored: rows_sum_to_one,
    wrong_axis: rows_sum_to_one,
    shift_removed: large_scores_do_not_overflow,
    shift_by_the_mean: a_distant_outlier_does_no_harm,
    shift_by_the_minimum: large_scores_do_not_overflow,
    shift_by_the_maximum_of_the_batch: a_bad_row_is_nan_and_alone,
    scores_clipped: very_negative_scores_do_not_underflow,
    probabilities_clipped: excluded_entries_get_zero,
    epsilon_in_the_denominator: rows_sum_to_one,
    input_mutated: the_input_is_not_changed,
    integers_subtracted_first: integers_are_converted_first,
    nan_to_num: a_bad_row_is_nan_and_alone,
    single_precision_inside: small_probabilities_are_exact,
    base_two: small_probabilities_are_exact,
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_library_passes(check):
    check(sl.softmax)


@pytest.mark.parametrize(("mistake", "check"), MISTAKES.items())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_mistake_is_caught(mistake, check):
    with pytest.raises(AssertionError):
        check(mistake)


# --- the same for the loss --------------------------------------------------------------------------------------------


def confident_loss_keeps_its_digits(cross_entropy):
    np.testing.assert_allclose(cross_entropy(np.array([[50.0, 0.0]]), np.array([0])), np.exp(-50.0), rtol=1e-13)


def loss_is_finite_far_from_the_truth(cross_entropy):
    np.testing.assert_allclose(cross_entropy(np.array([[0.0, 2000.0]]), np.array([0])), 2000, rtol=1e-15)


def loss_is_a_mean_over_samples(cross_entropy):
    labels = np.array([0, 2])
    each = [cross_entropy(ROWS[i : i + 1], labels[i : i + 1]) for i in range(2)]
    np.testing.assert_allclose(cross_entropy(ROWS, labels), np.mean(each), rtol=1e-14)


def loss_takes_logits(cross_entropy):
    np.testing.assert_allclose(cross_entropy(ROWS[:1], np.array([0])), sl.logsumexp(ROWS[0]) - 1, rtol=1e-14)


def _picked(matrix, labels):
    return matrix[np.arange(len(labels)), labels]


def log_of_softmax(logits, labels):
    return -np.log(_picked(sl.softmax(logits), labels)).mean()


def epsilon_in_the_logarithm(logits, labels):
    return -np.log(_picked(sl.softmax(logits), labels) + 1e-12).mean()


def softmax_twice(logits, labels):
    return sl.cross_entropy(sl.softmax(logits), labels)


def mean_over_all_entries(logits, labels):
    return sl.cross_entropy(logits, labels) / logits.shape[1]


def sum_instead_of_mean(logits, labels):
    return sl.cross_entropy(logits, labels, reduction="sum")


LOSS_MISTAKES = {
    log_of_softmax: confident_loss_keeps_its_digits,
    epsilon_in_the_logarithm: loss_is_finite_far_from_the_truth,
    softmax_twice: loss_takes_logits,
    mean_over_all_entries: loss_takes_logits,
    sum_instead_of_mean: loss_is_a_mean_over_samples,
}


@pytest.mark.parametrize("check", sorted(set(LOSS_MISTAKES.values()), key=lambda check: check.__name__))
def test_the_loss_passes(check):
    check(sl.cross_entropy)


@pytest.mark.parametrize(("mistake", "check"), LOSS_MISTAKES.items())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_mistake_in_the_loss_is_caught(mistake, check):
    with pytest.raises(AssertionError):
        check(mistake)

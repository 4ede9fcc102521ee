"""Cross-entropy, its gradient, and the scores of probabilities: accuracy, oracles, options, messages."""

import math
import warnings

import mpmath
import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from softmax_reference import exact_gradient, exact_log_softmax, plain_cross_entropy, relative_error, ulps

import softmax_lib as sl


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with np.errstate(over="raise", divide="raise", invalid="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def problem(samples=40, classes=5, seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(samples, classes)), rng.integers(0, classes, samples)


def soft_targets(samples, classes, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(classes), samples)


# --- accuracy ---------------------------------------------------------------------------------------------------------

GAPS = [1, 10, 30, 36.5, 38, 50, 100, 300, 699.5, 700, 1000]


@pytest.mark.claim("Chapter 5: the loss of a confident row keeps its digits at every gap")
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("others", [1, 9, 200])
def test_cross_entropy_of_a_confident_row(gap, others):
    row = np.concatenate([[float(gap)], -np.random.default_rng(int(gap)).random(others) * 1e-3])
    for label in (0, 1):
        for moved in (row, row - gap, row + 3):
            exact = [-exact_log_softmax(moved)[label]]
            if exact[0] < 1e-300:
                continue  # below the normal numbers no relative accuracy is possible
            assert relative_error(sl.cross_entropy(moved, label), exact) <= 1e-13
            soft = sl.one_hot(label, len(row)) * 0.75 + 0.25 / len(row)
            exact_soft = [-mpmath.fsum(t * v for t, v in zip(soft.tolist(), exact_log_softmax(moved), strict=True))]
            assert relative_error(sl.cross_entropy(moved, soft), exact_soft) <= 1e-13
        single = row.astype(np.float32)
        loss = sl.cross_entropy(single, label, reduction="none")
        assert loss.dtype == np.float32
        assert ulps(loss, [-exact_log_softmax(single)[label]]) <= 0.501


@pytest.mark.claim("Chapter 5: the gradient $p-y$ of a confident row keeps its digits, and rows sum to 0")
@pytest.mark.parametrize("gap", GAPS[:-1])
@pytest.mark.parametrize("others", [1, 9, 200])
def test_gradient_of_a_confident_row(gap, others):
    row = np.concatenate([[float(gap)], -np.random.default_rng(int(gap)).random(others) * 1e-3])
    for label in (0, 1):
        for moved in (row, row - gap):
            exact = exact_gradient(moved, label)
            gradient = sl.cross_entropy_gradient(moved, label)
            if min(abs(v) for v in exact) > 1e-300:
                assert relative_error(gradient, exact) <= {1: 4e-16, 9: 5e-16, 200: 1e-15}[others]
            assert abs(math.fsum(gradient)) <= 4e-16 * np.abs(gradient).sum()
            # A target vector that is not quite one-hot goes another way, to the same accuracy at the entry 1.
            as_soft = sl.cross_entropy_gradient(
                np.stack([moved, moved]), np.stack([sl.one_hot(label, len(row)), np.full(len(row), 1 / len(row))])
            )[0]
            np.testing.assert_allclose(2 * as_soft, gradient, rtol=1e-14, atol=1e-300)


def test_losses_far_from_the_truth_and_at_the_limits():
    assert sl.cross_entropy([0.0, 5000.0], 0) == 5000
    assert sl.cross_entropy([-700.0, 700.0], 0) == 1400
    assert sl.cross_entropy([-1e308, 1e308], 0) == np.inf  # the difference is beyond float64
    assert sl.cross_entropy([-np.inf, 0.0], 0) == np.inf
    assert sl.cross_entropy([-np.inf, 0.0], 1) == 0
    assert sl.cross_entropy([-np.inf, 0.0, 0.0], [0, 0.5, 0.5]) == pytest.approx(np.log(2), rel=1e-15)
    np.testing.assert_array_equal(sl.cross_entropy_gradient([-np.inf, 0.0], 0), [-1, 1])
    for bad in ([np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]):
        losses = sl.cross_entropy([bad, [0.0, 0.0]], [1, 1], reduction="none")
        np.testing.assert_array_equal(np.isnan(losses), [True, False])


@pytest.mark.parametrize("shape", [(50, 3), (50, 10), (20, 100), (2, 70_000)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_agreement_with_the_plain_formulas(shape, dtype):
    logits = (2 * np.random.default_rng(0).normal(size=shape)).astype(dtype)
    labels = np.random.default_rng(1).integers(0, shape[1], shape[0])
    loss, gradient = plain_cross_entropy(logits, labels)
    ours, our_gradient = sl.cross_entropy_with_gradient(logits, labels)
    assert ours == pytest.approx(loss, rel=1e-13)
    assert our_gradient.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    smallest = float(np.finfo(dtype).smallest_subnormal)
    np.testing.assert_allclose(our_gradient, gradient, rtol=eps + 1e-12, atol=max(smallest, 1e-17))
    assert sl.cross_entropy(logits, labels) == ours
    np.testing.assert_array_equal(sl.cross_entropy_gradient(logits, labels), our_gradient)


# --- oracles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_agreement_with_scikit_learn(weighted):
    logits, labels = problem()
    weight = np.random.default_rng(1).random(40) if weighted else None
    expected = sklearn.metrics.log_loss(labels, scipy.special.softmax(logits, axis=1), sample_weight=weight)
    assert sl.cross_entropy(logits, labels, sample_weight=weight) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_agreement_with_automatic_differentiation(smoothing):
    from softmax_lib import devices  # noqa: F401  (quiets TensorFlow before it is imported)

    tf = pytest.importorskip("tensorflow")
    logits, labels = problem()
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        targets = tf.one_hot(labels, 5, dtype=tf.float64) * (1 - smoothing) + smoothing / 5
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, variable))
    ours, gradient = sl.cross_entropy_with_gradient(logits, labels, label_smoothing=smoothing)
    assert ours == pytest.approx(float(loss), rel=1e-12)
    np.testing.assert_allclose(gradient, tape.gradient(loss, variable).numpy(), atol=1e-15)


OPTIONS = [
    {},
    {"label_smoothing": 0.2},
    {"class_weight": [1, 2, 0, 0.5, 3]},
    {"sample_weight": np.linspace(0, 2, 6)},
    {"label_smoothing": 0.3, "class_weight": [1, 2, 0, 0.5, 3], "sample_weight": np.linspace(0, 2, 6)},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("soft", [False, True])
def test_gradient_against_central_differences(options, reduction, soft):
    logits, labels = problem(6)
    targets = soft_targets(6, 5) if soft else labels
    gradient = sl.cross_entropy_gradient(logits, targets, reduction=reduction, **options)
    step = 1e-5
    for i in range(6):
        for k in range(5):
            moved = np.zeros((6, 5))
            moved[i, k] = step
            up, down = (sl.cross_entropy(logits + s * moved, targets, reduction=reduction, **options) for s in (1, -1))
            assert gradient[i, k] == pytest.approx((up - down) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("soft", [False, True])
def test_the_fused_function_gives_the_same_bits(options, reduction, soft):
    logits, labels = problem(6)
    targets = soft_targets(6, 5) if soft else labels
    loss, gradient = sl.cross_entropy_with_gradient(logits, targets, reduction=reduction, **options)
    assert loss == sl.cross_entropy(logits, targets, reduction=reduction, **options)
    np.testing.assert_array_equal(gradient, sl.cross_entropy_gradient(logits, targets, reduction=reduction, **options))


# --- properties -------------------------------------------------------------------------------------------------------


@pytest.mark.claim("Chapter 5: rows of the gradient $p-y$ sum to 0")
@settings(max_examples=50)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 70)), elements=st.floats(-800, 800)), st.data()
)
def test_rows_of_the_gradient_sum_to_zero(logits, data):
    labels = data.draw(hnp.arrays(np.int64, len(logits), elements=st.integers(0, logits.shape[1] - 1)))
    loss, gradient = sl.cross_entropy_with_gradient(logits, labels, reduction="sum")
    assert loss >= 0
    assert all(abs(math.fsum(row)) <= 1e-15 * np.abs(row).sum() for row in gradient)
    with np.errstate(under="ignore"):
        expected = sl.softmax(logits) - sl.one_hot(labels, logits.shape[1])
    np.testing.assert_allclose(gradient, expected, atol=1e-14)


@pytest.mark.claim("Chapter 6: cross-entropy is entropy plus KL divergence, and smallest where $p$ is the target")
@settings(max_examples=50)
@given(hnp.arrays(np.float64, (2, 6), elements=st.floats(-20, 20)))
def test_cross_entropy_is_entropy_plus_divergence(pair):
    t, z = sl.softmax(pair[0]), pair[1]
    loss = sl.cross_entropy(z, t)
    assert loss == pytest.approx(sl.entropy(t) + sl.kl_divergence(t, sl.softmax(z)), rel=1e-12, abs=1e-14)
    assert loss >= sl.cross_entropy(pair[0], t) - 1e-13


def test_a_row_alone_and_in_a_batch():
    for classes in (3, 100):
        logits, labels = problem(300, classes)
        losses = sl.cross_entropy(logits, labels, reduction="none")
        gradient = sl.cross_entropy_gradient(logits, labels, reduction="sum")
        for i in (0, 7, 299):
            assert losses[i] == sl.cross_entropy(logits[i], labels[i], reduction="none")
            np.testing.assert_array_equal(gradient[i], sl.cross_entropy_gradient(logits[i], labels[i], reduction="sum"))


# --- options, shapes, dtypes ------------------------------------------------------------------------------------------


def test_labels_one_hot_and_smoothed_targets_agree():
    logits, labels = problem()
    hot = sl.one_hot(labels, 5)
    for function in (sl.cross_entropy, sl.cross_entropy_gradient):
        np.testing.assert_array_equal(function(logits, hot), function(logits, labels))
        np.testing.assert_array_equal(function(logits, hot.astype(bool)), function(logits, labels))
        np.testing.assert_allclose(
            function(logits, labels, label_smoothing=0.1), function(logits, 0.9 * hot + 0.02), rtol=1e-12, atol=1e-16
        )


def test_reductions_and_weights():
    logits, labels = problem()
    none = sl.cross_entropy(logits, labels, reduction="none")
    assert none.shape == (40,)
    assert sl.cross_entropy(logits, labels) == pytest.approx(none.mean(), rel=1e-15)
    assert sl.cross_entropy(logits, labels, reduction="sum") == pytest.approx(none.sum(), rel=1e-15)
    of_class, of_sample = np.array([1, 2, 0, 0.5, 3]), np.linspace(0, 1, 40)
    weights = of_class[labels] * of_sample
    options = {"class_weight": of_class, "sample_weight": of_sample}
    assert sl.cross_entropy(logits, labels, **options) == pytest.approx(np.average(none, weights=weights), rel=1e-14)
    np.testing.assert_allclose(
        sl.cross_entropy(logits, labels, reduction="none", **options), weights * none, rtol=1e-14
    )
    soft = soft_targets(40, 5)
    losses = sl.cross_entropy(logits, soft, reduction="none")
    expected = np.average(losses, weights=soft @ of_class)
    assert sl.cross_entropy(logits, soft, class_weight=of_class) == pytest.approx(expected, rel=1e-14)


def test_weight_zero_removes_a_sample():
    logits, labels = problem(5)
    bad = np.vstack([logits, np.full(5, np.nan)])
    bad_labels, weight = np.append(labels, 0), np.array([1, 1, 1, 1, 1, 0])
    assert sl.cross_entropy(bad, bad_labels, sample_weight=weight) == sl.cross_entropy(logits, labels)


def test_integer_weights_repeat_samples():
    logits, labels = problem()
    counts = np.random.default_rng(0).integers(0, 4, 40)
    repeated = sl.cross_entropy(np.repeat(logits, counts, axis=0), np.repeat(labels, counts))
    assert sl.cross_entropy(logits, labels, sample_weight=counts) == pytest.approx(repeated, rel=1e-14)


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3)])
def test_any_number_of_leading_axes(shape):
    logits = np.random.default_rng(0).normal(size=shape)
    labels = np.random.default_rng(1).integers(0, 3, shape[:-1])
    losses = sl.cross_entropy(logits, labels, reduction="none")
    assert np.shape(losses) == shape[:-1]
    assert isinstance(sl.cross_entropy(logits, labels), float)
    gradient = sl.cross_entropy_gradient(logits, labels)
    assert gradient.shape == shape
    smooth = sl.cross_entropy_gradient(np.asfortranarray(logits), labels, label_smoothing=0.1)
    assert smooth.shape == shape
    flat = sl.cross_entropy_gradient(logits.reshape(-1, 3), labels.reshape(-1))
    np.testing.assert_array_equal(gradient.reshape(-1, 3), flat)


def test_inputs_are_never_changed():
    for dtype in (np.float64, np.float32):
        logits, labels = problem()
        logits = logits.astype(dtype)
        soft = soft_targets(40, 5)
        before = logits.copy(), labels.copy(), soft.copy()
        sl.cross_entropy_with_gradient(logits, labels)
        sl.cross_entropy_with_gradient(logits, soft, label_smoothing=0.1)
        sl.brier_score(soft, labels)
        for now, then in zip((logits, labels, soft), before, strict=True):
            np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"logits": [[1j, 0]]}, TypeError, "logits must hold real numbers"),
        ({"logits": 3.0}, ValueError, r"logits needs at least one class along the last axis, got shape \(\)"),
        ({"logits": np.zeros((1, 0))}, ValueError, "at least one class"),
        ({"targets": [0.0]}, TypeError, r"targets must hold integer labels, got dtype float64; convert them"),
        ({"targets": np.ma.array([0], mask=[True])}, TypeError, "masked array"),
        ({"targets": [2]}, ValueError, "targets must lie in 0 to 1 for 2 classes, got labels from 2 to 2"),
        ({"targets": [-1]}, ValueError, "got labels from -1 to -1"),
        ({"targets": [0, 1]}, ValueError, r"targets of shape \(2,\) do not fit logits of shape \(1, 2\); pass labels"),
        ({"targets": [[0.5, 0.4]]}, ValueError, "targets must sum to 1 along axis -1, but a sum is 0.9"),
        ({"targets": [[1.5, -0.5]]}, ValueError, "targets must not be negative or NaN; the smallest entry is -0.5"),
        ({"label_smoothing": 1.0}, ValueError, r"label_smoothing must lie in \[0, 1\), got 1.0"),
        ({"class_weight": [1.0]}, ValueError, r"class_weight must have shape \(2,\), got \(1,\)"),
        ({"class_weight": [1.0, -1.0]}, ValueError, "class_weight must be finite and not negative"),
        ({"sample_weight": [np.inf]}, ValueError, "sample_weight must be finite"),
        ({"sample_weight": [0.0]}, ValueError, "all weights are 0, so their mean is undefined"),
        ({"reduction": "average"}, ValueError, "reduction must be one of 'mean', 'sum'"),
    ],
)
@pytest.mark.parametrize("function", [sl.cross_entropy, sl.cross_entropy_gradient, sl.cross_entropy_with_gradient])
def test_messages(function, change, error, message):
    arguments = {"logits": [[0.0, 1.0]], "targets": [0]} | change
    with pytest.raises(error, match=message):
        function(arguments.pop("logits"), arguments.pop("targets"), **arguments)


def test_more_messages():
    with pytest.raises(ValueError, match="reduction must be one of 'mean', 'sum', got 'none'"):
        sl.cross_entropy_gradient([[0.0, 1.0]], [0], reduction="none")
    with pytest.raises(ValueError, match=r"there is no sample to average over: the shape is \(0, 2\)"):
        sl.cross_entropy(np.zeros((0, 2)), [])
    assert sl.cross_entropy(np.zeros((0, 2)), [], reduction="sum") == 0
    assert sl.cross_entropy(np.zeros((0, 2)), np.zeros((0, 2)), reduction="none").shape == (0,)


# --- one_hot, Brier, entropy, KL --------------------------------------------------------------------------------------


def test_one_hot():
    np.testing.assert_array_equal(sl.one_hot([[0, 2], [1, 1]], 3).argmax(-1), [[0, 2], [1, 1]])
    assert sl.one_hot([], 3).shape == (0, 3)
    assert sl.one_hot(np.uint8([1]), 2, dtype=np.float32).dtype == np.float32
    assert sl.one_hot(1).tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="pass num_classes"):
        sl.one_hot([])
    with pytest.raises(ValueError, match="y must lie in 0 to 1"):
        sl.one_hot([2], 2)
    with pytest.raises(TypeError, match="y must hold integer labels"):
        sl.one_hot([0.5])


def test_brier_score():
    p, labels = soft_targets(30, 4), np.random.default_rng(1).integers(0, 4, 30)
    expected = sklearn.metrics.brier_score_loss(labels, p, labels=[0, 1, 2, 3], scale_by_half=False)
    assert sl.brier_score(p, labels) == pytest.approx(expected, rel=1e-14)
    assert sl.brier_score(p, sl.one_hot(labels, 4)) == sl.brier_score(p, labels)
    assert sl.brier_score([0.0, 1.0], 0) == 2
    assert sl.brier_score(p, p) == 0
    for bad, message in [
        (np.array([[3.0, 1.0]]), "must sum to 1 along axis -1, but a sum is 4; pass probabilities, such as softmax"),
        (np.array([[3.0, -2.0]]), "Are these logits?"),
        (np.zeros((0, 2)), "no sample"),
        (np.array(1.0), "at least one class"),
    ]:
        with pytest.raises(ValueError, match=message.replace("?", r"\?")):
            sl.brier_score(bad, np.zeros(len(bad) if bad.ndim else (), int))


@pytest.mark.parametrize("axis", [0, -1])
def test_entropy_and_divergence_agree_with_scipy(axis):
    p, q = np.moveaxis(soft_targets(8, 5), -1, axis), np.moveaxis(soft_targets(8, 5, 1), -1, axis)
    p[0] = 0
    p /= p.sum(axis, keepdims=True) if axis == 0 else 1
    if axis == -1:
        p[0, 0] = 1
    np.testing.assert_allclose(sl.entropy(p, axis), scipy.special.entr(p).sum(axis), rtol=1e-14)
    np.testing.assert_allclose(sl.kl_divergence(p, q, axis), scipy.special.rel_entr(p, q).sum(axis), rtol=1e-12)


def test_entropy_and_divergence_at_the_edges():
    assert sl.entropy([1.0, 0.0]) == 0
    assert not np.signbit(sl.entropy([1.0, 0.0]))
    assert sl.entropy(np.full(8, 1 / 8)) == pytest.approx(np.log(8), rel=1e-15)
    assert sl.entropy(np.float32([0.5, 0.5])).dtype == np.float32
    assert sl.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert sl.kl_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(np.log(2), rel=1e-15)
    assert sl.kl_divergence([1.0, 0.0], [1.0, 0.0]) == 0
    assert sl.kl_divergence([[1.0, 0.0], [0.5, 0.5]], [0.5, 0.5]).shape == (2,)
    with pytest.raises(ValueError, match="p must sum to 1"):
        sl.entropy([1.0, 1.0])
    with pytest.raises(ValueError, match="q must not be negative"):
        sl.kl_divergence([1.0, 0.0], [2.0, -1.0])


def test_divergence_of_close_distributions_keeps_its_digits():
    p = np.array([0.25, 0.75])
    q = p + np.array([1e-9, -1e-9])
    exact = mpmath.fsum(mpmath.mpf(a) * mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) for a, b in zip(p, q, strict=True))
    exact += mpmath.fsum(map(mpmath.mpf, q.tolist())) - 1
    assert relative_error(sl.kl_divergence(p, q), [exact]) < 1e-6
    assert sl.kl_divergence(p, p) == 0


@pytest.mark.claim(
    "Chapter 2: KL divergence is the Bregman divergence of log-sum-exp, and never negative", theorem="thm-02-bregman"
)
@settings(max_examples=50)
@given(hnp.arrays(np.float64, (2, 6), elements=st.floats(-20, 20)))
def test_divergence_is_a_bregman_divergence(pair):
    a, b = pair
    p, q = sl.softmax(a), sl.softmax(b)
    bregman = sl.logsumexp(b) - sl.logsumexp(a) - p @ (b - a)
    assert sl.kl_divergence(p, q) >= 0
    assert sl.kl_divergence(p, q) == pytest.approx(bregman, abs=1e-13, rel=1e-12)

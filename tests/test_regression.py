"""SoftmaxRegression: scikit-learn's contract, and oracles for what it computes."""

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import scipy.sparse
from sklearn.datasets import load_digits, load_iris, load_wine, make_classification
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

import softmax_lib
from softmax_lib import cross_entropy, regression, softmax
from softmax_lib.regression import SoftmaxRegression

IRIS, SPECIES = load_iris(return_X_y=True)
EXACT = {"tol": 1e-9}  # far below what the comparisons can see
SOLVERS = ("lbfgs", "newton-cg", "gradient-descent")
GENERATOR = np.random.default_rng(8)


@parametrize_with_checks(
    [
        SoftmaxRegression(),
        SoftmaxRegression(solver="newton-cg", inference=True),
        SoftmaxRegression(solver="gradient-descent", tol=1e-2),
    ]
)
def test_scikit_learns_contract(estimator, check):
    check(estimator)


# ---------------------------------------------------------------------- the minimum


def objective(parameters, X, y, C, weights=None):
    """J written down a second time."""
    coef, intercept = parameters[:, :-1], parameters[:, -1]
    weights = np.ones(len(y)) if weights is None else weights
    losses = cross_entropy(X @ coef.T + intercept, y, reduction="none")
    return (weights @ losses + (coef**2).sum() / (2 * C)) / weights.sum()


def stacked(model):
    return np.column_stack([model.coef_, model.intercept_])


@pytest.mark.parametrize("loader", [load_iris, load_wine])
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_same_coefficients_as_logistic_regression(loader, C):
    X, y = loader(return_X_y=True)
    peer = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=500).fit(X, y)
    model = SoftmaxRegression(C=C, solver="newton-cg", **EXACT).fit(X, y)
    np.testing.assert_allclose(model.coef_, peer.coef_ - peer.coef_.mean(0), atol=1e-6)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), atol=1e-7)


@pytest.mark.claim("Chapter 8: the three solvers find the same minimum")
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_every_solver_finds_the_minimum(solver, fit_intercept):
    model = SoftmaxRegression(solver=solver, fit_intercept=fit_intercept, tol=1e-7, max_iter=20_000).fit(IRIS, SPECIES)
    size = 15 if fit_intercept else 12

    def loss(vector):
        table = np.zeros((3, 5))
        table[:, : size // 3] = vector.reshape(3, -1)
        return objective(table, IRIS, SPECIES, 1.0)

    best = scipy.optimize.minimize(loss, np.zeros(size), method="BFGS", options={"gtol": 1e-7}).fun
    assert model.loss_curve_[-1] == pytest.approx(best, rel=1e-9)
    assert model.loss(IRIS, SPECIES) == pytest.approx(objective(stacked(model), IRIS, SPECIES, 1.0), rel=1e-12)
    if not fit_intercept:
        assert not model.intercept_.any()


@pytest.mark.claim("Chapter 8: one class's coefficients are minus the sum of the others'", theorem="thm-08-sum")
@pytest.mark.parametrize("solver", SOLVERS)
def test_coefficients_sum_to_zero(solver):
    model = SoftmaxRegression(solver=solver, tol=1e-3).fit(IRIS, SPECIES)
    np.testing.assert_allclose(stacked(model).sum(0), 0, atol=1e-9)


def test_gradient_against_central_differences_and_zero_at_the_minimum():
    model = SoftmaxRegression(C=0.5, tol=0.3).fit(IRIS, SPECIES)  # stopped early: the gradient is not small
    weights = GENERATOR.uniform(0.5, 2, len(SPECIES))
    table, step, numeric = stacked(model), 1e-5, np.zeros((3, 5))
    for index in np.ndindex(3, 5):
        shift = np.zeros((3, 5))
        shift[index] = step
        sides = [objective(table + sign * shift, IRIS, SPECIES, 0.5, weights) for sign in (1, -1)]
        numeric[index] = (sides[0] - sides[1]) / (2 * step)
    np.testing.assert_allclose(np.column_stack(model.grad(IRIS, SPECIES, weights)), numeric, atol=1e-8)
    model.set_params(**EXACT).fit(IRIS, SPECIES, weights)
    np.testing.assert_allclose(np.column_stack(model.grad(IRIS, SPECIES, weights)), 0, atol=1e-8)


def test_hessian_products_against_differences_of_gradients():
    weights = GENERATOR.uniform(0.5, 2, len(SPECIES))
    prior = regression._Prior(0.0, np.append(np.full(4, 2.0), 0.0))
    function = regression._Objective(IRIS, SPECIES, weights, prior)
    where, direction = GENERATOR.normal(size=(2, 3, 5)) * 0.3
    sides = [function.value_and_gradient(where + sign * 1e-6 * direction)[1] for sign in (1, -1)]
    np.testing.assert_allclose(function.hessian_product(where, direction), (sides[0] - sides[1]) / 2e-6, atol=1e-7)


@pytest.mark.claim(
    "Chapter 8: with two classes, `LogisticRegression(C=c)` is `SoftmaxRegression(C=c/2)`", theorem="thm-08-two-classes"
)
@pytest.mark.parametrize("C", [0.03, 1.0, 30.0])
def test_two_classes_and_the_factor_in_the_penalty(C):
    X, y = IRIS[50:], SPECIES[50:]
    peer = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=500).fit(X, y)
    model = SoftmaxRegression(C=C / 2, solver="newton-cg", **EXACT).fit(X, y)
    np.testing.assert_allclose(model.coef_[1] - model.coef_[0], peer.coef_[0], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.diff(model.intercept_), peer.intercept_, rtol=1e-6)
    np.testing.assert_allclose(model.decision_function(X), peer.decision_function(X), rtol=1e-6, atol=1e-7)


def test_features_of_very_different_size_do_not_matter():
    scales = np.array([1e-6, 1.0, 1e3, 1e6])
    plain = SoftmaxRegression(C=np.inf, tol=1e-6).fit(IRIS[:, :4], SPECIES == 1)
    scaled = SoftmaxRegression(C=np.inf, tol=1e-6).fit(IRIS[:, :4] * scales + 3 * scales, SPECIES == 1)
    np.testing.assert_allclose(scaled.coef_ * scales, plain.coef_, rtol=1e-4, atol=1e-6)
    assert scaled.n_iter_ < 40


def test_constant_and_repeated_features_without_a_penalty():
    X = np.column_stack([IRIS[:, 1], IRIS[:, 1], np.full(150, 7.0)])
    model = SoftmaxRegression(C=np.inf).fit(X, SPECIES == 1)
    single = SoftmaxRegression(C=np.inf).fit(IRIS[:, 1:2], SPECIES == 1)
    np.testing.assert_allclose(model.predict_proba(X), single.predict_proba(IRIS[:, 1:2]), atol=1e-4)


def test_all_features_constant():
    model = SoftmaxRegression(C=np.inf, **EXACT).fit(np.ones((6, 2)), [0, 0, 0, 1, 1, 2])
    np.testing.assert_allclose(model.predict_proba(np.ones((1, 2)))[0], [3 / 6, 2 / 6, 1 / 6], atol=1e-8)


def test_loss_curve_starts_at_log_k_and_falls():
    model = SoftmaxRegression().fit(IRIS, SPECIES)
    assert model.loss_curve_.shape == (model.n_iter_ + 1,)
    assert model.loss_curve_[0] == pytest.approx(np.log(3), rel=1e-12)
    assert (np.diff(model.loss_curve_) <= 0).all()


@pytest.mark.claim("Chapter 8: the stopping rule bounds the distance to the minimum")
@pytest.mark.parametrize("solver", SOLVERS)
def test_tol_bounds_the_distance_to_the_minimum(solver):
    best = SoftmaxRegression(**EXACT).fit(IRIS, SPECIES)
    function = regression._Objective(IRIS, SPECIES, np.ones(150), best._penalty(4))
    metric = regression._Metric(function, 3, fit_intercept=True)
    columns = [function.hessian_product(stacked(best), metric.parameters(e.reshape(3, 5))) for e in np.eye(15)]
    hessian = np.array([metric.gradient(column).ravel() for column in columns])
    contrasts = np.kron(scipy.linalg.helmert(3), np.eye(5))  # no step ever adds one vector to all classes
    flattest = np.linalg.eigvalsh(contrasts @ hessian @ contrasts.T)[0]
    for tol in (1e-2, 1e-3, 1e-4):
        model = SoftmaxRegression(solver=solver, tol=tol, max_iter=20_000).fit(IRIS, SPECIES)
        assert model.loss_curve_[-1] - best.loss_curve_[-1] < 1.5 * tol**2 / (2 * flattest)


# ---------------------------------------------------------------------- weights, dtypes, containers, labels


def test_sample_weights_are_repetitions():
    counts = GENERATOR.integers(0, 4, len(SPECIES))
    weighted = SoftmaxRegression(**EXACT).fit(IRIS, SPECIES, counts)
    repeated = SoftmaxRegression(**EXACT).fit(np.repeat(IRIS, counts, axis=0), np.repeat(SPECIES, counts))
    np.testing.assert_allclose(stacked(weighted), stacked(repeated), atol=1e-6)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 2: 0.5}])
def test_class_weights_as_in_logistic_regression(class_weight):
    X, y = IRIS[20:130], SPECIES[20:130]
    peer = LogisticRegression(class_weight=class_weight, solver="newton-cholesky", tol=1e-12).fit(X, y)
    model = SoftmaxRegression(class_weight=class_weight, **EXACT).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), atol=1e-7)


def test_balanced_weights_pass_over_an_absent_class():
    weights = (SPECIES != 2).astype(float)
    model = SoftmaxRegression(class_weight="balanced").fit(IRIS, SPECIES, weights)
    assert model.predict_proba(IRIS)[:, 2].max() < 0.01


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("limit", [2048, 3], ids=["matrix", "diagonal"])
def test_sparse_is_dense(solver, limit, monkeypatch):
    monkeypatch.setattr(regression, "DENSE_METRIC_LIMIT", limit)
    settings = {"solver": solver, "tol": 1e-4, "max_iter": 50_000}
    dense = SoftmaxRegression(**settings).fit(IRIS, SPECIES)
    sparse = SoftmaxRegression(**settings).fit(scipy.sparse.csr_array(IRIS), SPECIES)
    np.testing.assert_allclose(sparse.predict_proba(scipy.sparse.csr_array(IRIS)), dense.predict_proba(IRIS), atol=2e-3)


def test_float32_stays_and_is_polished_when_tol_asks():
    X = IRIS.astype(np.float32)
    model = SoftmaxRegression().fit(X, SPECIES)
    assert model.coef_.dtype == model.intercept_.dtype == model.predict_proba(X).dtype == np.float32
    exact = SoftmaxRegression(**EXACT).fit(X.astype(np.float64), SPECIES)
    polished = SoftmaxRegression(**EXACT).fit(X, SPECIES)
    assert polished.loss_curve_[-1] == pytest.approx(exact.loss_curve_[-1], rel=1e-13)
    np.testing.assert_allclose(polished.coef_, exact.coef_, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_many_samples_are_worked_in_blocks_by_threads(solver, monkeypatch):
    X, y = make_classification(3000, 12, n_informative=8, n_classes=4, flip_y=0.3, random_state=0)
    settings = {"solver": solver, "tol": 1e-7, "max_iter": 5000}
    whole = SoftmaxRegression(**settings).fit(X, y)
    monkeypatch.setattr(regression, "ONE_THREAD_LIMIT", 0)
    monkeypatch.setattr(regression, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(regression, "METRIC_SAMPLES", 700)
    np.testing.assert_allclose(stacked(SoftmaxRegression(**settings).fit(X, y)), stacked(whole), atol=1e-5)


@pytest.mark.parametrize("names", [["c", "a", "b"], [True, False], [30, -1, 7], [2.0, 0.0, 1.0]])
def test_labels_of_any_type(names):
    names = np.array(names)
    chosen = np.isin(SPECIES, range(len(names)))
    model = SoftmaxRegression().fit(IRIS[chosen], names[SPECIES[chosen]])
    np.testing.assert_array_equal(model.classes_, np.sort(names))
    assert model.predict(IRIS).dtype == names.dtype
    assert model.score(IRIS[chosen], names[SPECIES[chosen]]) > 0.9


def test_log_probabilities_survive_underflow():
    model = SoftmaxRegression(C=1e4).fit(IRIS, SPECIES)
    far = 1e4 * IRIS[:1]
    assert model.predict_proba(far).min() == 0
    assert np.isfinite(model.predict_log_proba(far)).all()


# ---------------------------------------------------------------------- going on, stopping, reporting


def test_warm_start_goes_on_where_it_was():
    model = SoftmaxRegression(warm_start=True).fit(IRIS, SPECIES)
    first = stacked(model)
    assert model.fit(IRIS, SPECIES).n_iter_ == 0
    np.testing.assert_allclose(stacked(model), first, atol=1e-9)
    assert model.fit(IRIS[:100], SPECIES[:100]).coef_.shape == (2, 4)  # other classes: from the start


def test_partial_fit_of_one_batch_is_fit():
    once = SoftmaxRegression(**EXACT).partial_fit(IRIS, SPECIES, classes=[2, 1, 0])
    np.testing.assert_allclose(stacked(once), stacked(SoftmaxRegression(**EXACT).fit(IRIS, SPECIES)), atol=1e-7)


@pytest.mark.claim("Chapter 8: learning in batches comes close to learning at once")
@pytest.mark.parametrize("limit", [2048, 3], ids=["matrix", "diagonal"])
def test_partial_fit_of_a_stream_comes_close_to_fit(limit, monkeypatch):
    monkeypatch.setattr(regression, "DENSE_METRIC_LIMIT", limit)
    X, y = make_classification(4000, 10, n_informative=8, n_classes=4, flip_y=0.2, random_state=1)
    model = SoftmaxRegression()
    for start in range(0, 4000, 100):
        model.partial_fit(X[start : start + 100], y[start : start + 100], classes=range(4))
    whole = SoftmaxRegression().fit(X, y)
    allowed = 0.003 if limit == 2048 else 0.05
    assert model.loss(X, y) - whole.loss(X, y) < allowed * whole.loss(X, y)


def test_two_class_stream_is_nearly_exact():
    X, y = make_classification(4000, 5, n_informative=5, n_redundant=0, flip_y=0.2, random_state=2)
    model = SoftmaxRegression()
    for start in range(0, 4000, 50):
        model.partial_fit(X[start : start + 50], y[start : start + 50], classes=[0, 1])
    whole = SoftmaxRegression().fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), whole.predict_proba(X), atol=0.01)


def test_partial_fit_after_fit_is_centered_at_the_fit():
    model = SoftmaxRegression(C=1e-6).fit(IRIS, SPECIES)
    model.coef_ += np.array([[1.0], [0.0], [-1.0]])
    before = model.coef_.copy()
    model.partial_fit(IRIS[:9], SPECIES[:9])
    np.testing.assert_allclose(model.coef_, before, atol=1e-3)


def test_convergence_warning_names_the_cure():
    with pytest.warns(
        ConvergenceWarning, match="max_iter=2 iterations with a gradient norm of .*Raise max_iter or tol"
    ):
        model = SoftmaxRegression(max_iter=2).fit(IRIS, SPECIES)
    assert model.n_iter_ == 2


def test_a_solver_that_gets_stuck_is_reported(monkeypatch):
    monkeypatch.setitem(regression._SOLVERS, "lbfgs", lambda fit: None)
    with pytest.warns(ConvergenceWarning, match="rounding errors hide any further progress"):
        SoftmaxRegression().fit(IRIS, SPECIES)


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
def test_as_exact_as_the_digits_allow(solver):
    model = SoftmaxRegression(tol=0.0, solver=solver).fit(IRIS, SPECIES)  # ends by itself, without a warning
    np.testing.assert_allclose(np.column_stack(model.grad(IRIS, SPECIES)), 0, atol=1e-7)


@pytest.mark.parametrize("solver", SOLVERS)
def test_callback_sees_every_iteration_and_may_stop(solver):
    seen = []

    def stop_at_four(*report):
        seen.append(report)
        return len(seen) == 4

    model = SoftmaxRegression(solver=solver, callback=stop_at_four).fit(IRIS, SPECIES)
    assert [report[0] for report in seen] == [1, 2, 3, 4]
    assert [report[1] for report in seen] == model.loss_curve_[1:].tolist()
    assert model.n_iter_ == 4


def test_verbose_draws_one_line(capsys):
    SoftmaxRegression(verbose=1).fit(IRIS, SPECIES)
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1
    last = shown.split("\r")[-1]
    assert last.startswith("█" * 24)
    assert "loss 0.19" in last
    SoftmaxRegression(verbose=1, warm_start=True, tol=1e3).fit(IRIS, SPECIES)  # nothing to do, nothing to show
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------------- inference


def test_fisher_information_is_the_hessian_of_the_negative_log_likelihood():
    model = SoftmaxRegression(C=np.inf, tol=1e-3).fit(IRIS[:, :2], SPECIES)
    weights = GENERATOR.integers(1, 4, 150).astype(float)
    prior = regression._Prior(0.0, np.zeros(3))
    function = regression._Objective(IRIS[:, :2], SPECIES, weights, prior)
    columns = [function.hessian_product(stacked(model), unit.reshape(3, 3)).ravel() for unit in np.eye(9)]
    information = model.fisher_information(IRIS[:, :2], weights)
    np.testing.assert_allclose(information, np.array(columns) * weights.sum(), atol=1e-10 * information.max())
    sparse = model.fisher_information(scipy.sparse.csr_array(IRIS[:, :2]), weights)
    np.testing.assert_allclose(sparse, information)


@pytest.mark.claim("Chapter 8: standard errors of two classes are those of logistic regression")
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_standard_errors_of_two_classes_against_the_textbook(fit_intercept):
    X, y = IRIS[50:, :2], SPECIES[50:] - 1
    model = SoftmaxRegression(C=np.inf, inference=True, fit_intercept=fit_intercept, **EXACT).fit(X, y)
    design = np.column_stack([X, np.ones(100)])[:, : 3 if fit_intercept else 2]
    p = model.predict_proba(X)[:, 1]
    textbook = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * (p * (1 - p))[:, None]))))
    # The log-odds are the difference of two rows that are each other's negative: twice one of them.
    ours = 2 * np.column_stack([model.standard_errors_, model.intercept_standard_errors_])[1]
    np.testing.assert_allclose(ours[: len(textbook)], textbook, rtol=1e-8)
    if not fit_intercept:
        assert not model.intercept_standard_errors_.any()


def test_standard_errors_agree_with_the_spread_over_simulated_data():
    truth = np.array([[1.0, -0.5, 0.3], [-0.4, 0.8, 0.0], [-0.6, -0.3, -0.3]])
    X = GENERATOR.normal(size=(400, 2))
    probabilities = softmax(X @ truth[:, :2].T + truth[:, 2])
    fits = []
    for _ in range(200):
        y = (GENERATOR.uniform(size=(400, 1)) > probabilities.cumsum(1)).sum(1)
        fits.append(SoftmaxRegression(C=5.0, inference=len(fits) < 20).fit(X, y))
    spread = np.std([stacked(fit) for fit in fits], axis=0)
    stated = np.mean([np.column_stack([f.standard_errors_, f.intercept_standard_errors_]) for f in fits[:20]], axis=0)
    np.testing.assert_allclose(stated, spread, rtol=0.2)  # a spread from 200 draws is known to 5 %


def test_standard_errors_must_be_asked_for():
    model = SoftmaxRegression(inference=True).fit(IRIS, SPECIES)
    assert model.standard_errors_.shape == (3, 4)
    assert model.covariance_.shape == (15, 15)
    model.set_params(inference=False).fit(IRIS, SPECIES)
    assert not hasattr(model, "standard_errors_")
    with pytest.raises(AttributeError, match=r"inference=True"):
        _ = model.intercept_standard_errors_


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"C": 0}, "C must be a positive number"),
        ({"C": "1"}, "C must be a positive number"),
        ({"solver": "sgd"}, "solver must be one of 'lbfgs', 'newton-cg', 'gradient-descent', got 'sgd'"),
        ({"tol": -1.0}, "tol must be a number of at least 0"),
        ({"max_iter": 0}, "max_iter must be a whole number of at least 1"),
        ({"callback": 3}, "callback must be a function"),
        ({"class_weight": "even"}, "class_weight must be a dict"),
        ({"class_weight": {5: 1.0}}, "class_weight names labels that do not occur"),
    ],
)
def test_bad_parameters_are_explained(parameters, message):
    with pytest.raises(ValueError, match=message):
        SoftmaxRegression(**parameters).fit(IRIS, SPECIES)


def test_bad_data_is_explained():
    with pytest.raises(ValueError, match="at least 2 classes, y holds one class only: 1"):
        SoftmaxRegression().fit(IRIS, np.ones(150))
    with pytest.raises(ValueError, match="must not be negative"):
        SoftmaxRegression().fit(IRIS, SPECIES, np.linspace(-1, 1, 150))
    with pytest.raises(ValueError, match="at least one must be positive"):
        SoftmaxRegression(class_weight={0: 0, 1: 0, 2: 0}).fit(IRIS, SPECIES)
    with pytest.raises(NotFittedError):
        SoftmaxRegression().loss(IRIS, SPECIES)
    with pytest.raises(ValueError, match=r"labels that the model does not know: \[9\]"):
        SoftmaxRegression().fit(IRIS, SPECIES).loss(IRIS[:2], [0, 9])


def test_bad_streams_are_explained():
    with pytest.raises(ValueError, match="first call of partial_fit needs classes"):
        SoftmaxRegression().partial_fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match="at least 2 classes"):
        SoftmaxRegression().partial_fit(IRIS, SPECIES, classes=[0])
    with pytest.raises(ValueError, match="needs all samples at once"):
        SoftmaxRegression(class_weight="balanced").partial_fit(IRIS, SPECIES, classes=[0, 1, 2])
    model = SoftmaxRegression().partial_fit(IRIS, SPECIES, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="contradicts the first call"):
        model.partial_fit(IRIS, SPECIES, classes=[0, 1])
    with pytest.raises(ValueError, match=r"does not know: \[3\]"):
        model.partial_fit(IRIS, SPECIES + 1)


def test_digits_reach_the_peers_accuracy():
    X, y = load_digits(return_X_y=True)
    model = SoftmaxRegression(C=0.01).fit(X[:1200], y[:1200])
    assert model.score(X[1200:], y[1200:]) > 0.92


def test_the_package_exports_it():
    assert softmax_lib.SoftmaxRegression is SoftmaxRegression

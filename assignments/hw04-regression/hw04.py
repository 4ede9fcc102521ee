# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [raw]
# # ASSIGNMENT CONFIG
# name: hw04
# init_cell: true
# check_all_cell: false
# export_cell:
#   pdf: false
#   run_tests: false
# generate: false
# tests:
#   ok_format: false
#   files: true
# show_question_points: true

# %% [markdown]
# # Homework 4 · Softmax regression, read lamp by lamp
#
# Track 7, 23:58, rain. The departure board shows its digits with 35 lamps each, five wide and seven high, and some of the lamps lie: a broken lamp is on where it should be off,
# or off where it should be on. You build a reader for this board, fit it to photographs, and then do what is impossible with most models: open it, look at every
# single weight, and compare it with the weight that probability theory prescribes.
#
# > **You will be able to**
# >
# > - write down an objective, and fit a model to it until nothing is left to gain,
# > - choose the strength of a penalty on data that the fit has not seen,
# > - recognize separable data by a margin, and say what a fit without a penalty does there,
# > - read weights as log-odds, and compare them with weights that probability theory prescribes.
# >
# > **Time:** 180 minutes. **Points:** 40. **You need:** chapter 8, of chapter 5 the gradient of the batch, of chapter 4 the log-odds.
#
# **How it works.** Replace each `...` by your code and run the check below it. Hidden tests with other data follow when you hand in. Use NumPy and nothing else. Throughout,
# `X` has shape $(N,D)$, one row a sample; `y` holds labels from 0 to $K-1$; the weights `W` have shape $(D,K)$, one column a class, the biases `b` have shape $(K,)$, and the logits are `X @ W + b`.

# %%
import numpy as np

# Each digit in seven rows of five lamps; a row is a number from 0 to 31, written in hexadecimal.
FONT = [
    "0E11131519110E",
    "040C040404040E",
    "0E11010204081F",
    "1F02040201110E",
    "02060A121F0202",
    "1F101E0101110E",
    "0608101E11110E",
    "1F010204080808",
    "0E11110E11110E",
    "0E11110F01020C",
]
ROWS = np.array([list(bytes.fromhex(digit)) for digit in FONT])
GLYPHS = (ROWS[:, :, None] >> np.arange(4, -1, -1) & 1).reshape(10, 35).astype(float)


def photograph(count, broken, generator):
    """Digits as the board shows them: each lamp lies with the probability `broken`."""
    y = generator.integers(10, size=count)
    lies = generator.random((count, 35)) < broken
    return np.where(lies, 1 - GLYPHS[y], GLYPHS[y]), y


def show(pictures, light=0.5):
    """Print pictures of 35 numbers side by side: # above the limit, o below minus the limit."""
    for row in range(7):
        lines = [np.reshape(picture, (7, 5))[row] for picture in pictures]
        marks = ("".join("#" if v > light else "o" if v < -light else "." for v in line) for line in lines)
        print("   ".join(marks))


# %% [markdown]
# The ten digits as they should be, and six photographs in which every lamp lies with probability 0.25. Can you read them?

# %%
show(GLYPHS)
print()
shots, answers = photograph(6, 0.25, np.random.default_rng(4))
show(shots)
print("they were", *answers)

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · Say what you want
#
# Before anything is fitted, write down what a good fit is. Write `objective(W, b, X, y, C)`, which returns
#
# $$J(W,b)=\frac1N\sum_{i=1}^N\bigl(\operatorname{lse}(z_i)-z_{i,y_i}\bigr)+\frac{1}{2CN}\sum_{d,k}W_{dk}^2,\qquad z_i=x_iW+b,$$
#
# as a number: the mean cross-entropy and a penalty. $C>0$ says how much the data count against the penalty; the biases are free. The logits may have any size.

# %% [raw]
# # BEGIN SOLUTION


# %%
def objective(W, b, X, y, C):
    """Mean cross-entropy of X @ W + b plus ||W||^2 / (2 C N)."""
    # BEGIN SOLUTION
    z = X @ W + b
    top = z.max(axis=1)
    log_sums = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    loss = np.mean(log_sums - z[np.arange(len(X)), y])
    return float(loss + np.sum(W**2) / (2 * C * len(X)))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With all weights and biases zero every class has 1/K and the objective is log K, whatever C. A softmax over the whole array, or a sum over the samples in place of the
  mean, gives something else. Reread chapter 8, 'The article's class, repaired'.
"""  # END TEST CONFIG


def test_objective_at_zero(objective, np):
    X, y = np.arange(12.0).reshape(4, 3), np.array([0, 4, 2, 1])
    assert abs(objective(np.zeros((3, 5)), np.zeros(5), X, y, 0.3) - np.log(5)) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Two samples with features (0, 0), W = ((1, 2), (3, 4)), C = 1/2: the loss is log 2 and the penalty 30 / (2 * 1/2 * 2) = 15. Check the factor 1/2, the C in the denominator and
  the N. Reread chapter 8, 'Two classes: logistic regression in disguise'.
"""  # END TEST CONFIG


def test_penalty_by_hand(objective, np):
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    got = objective(W, np.zeros(2), np.zeros((2, 2)), np.array([0, 1]), 0.5)
    assert abs(got - np.log(2) - 15) < 1e-12, got


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On random weights the value is off. Is the bias penalized, or missing from the logits? Is the penalty divided by C N, and the loss by N?
  Reread chapter 8, 'Two classes: logistic regression in disguise'.
"""  # END TEST CONFIG


def test_hidden_objective_anywhere(objective, np):
    from scipy.special import logsumexp

    from coursework.secret import generator

    rng = generator("hw04.q1.anywhere")
    X, y = rng.normal(size=(30, 6)), rng.integers(4, size=30)
    W, b, C = rng.normal(size=(6, 4)), rng.normal(scale=3, size=4), rng.uniform(0.05, 0.2)
    z = X @ W + b
    expected = np.mean(logsumexp(z, axis=1) - z[np.arange(30), y]) + np.sum(W**2) / (60 * C)
    assert abs(objective(W, b, X, y, C) / expected - 1) < 1e-11


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  At logits of some thousands the objective is inf, nan, or too small. Subtract the largest logit of each row before exp, and never take the logarithm of a probability.
  Reread chapter 5, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_objective_of_large_logits(objective, np):
    from coursework.secret import generator

    gap = generator("hw04.q1.large").uniform(2000, 5000)
    W = np.array([[gap, 0.0, -gap]])
    got = objective(W, np.zeros(3), np.array([[1.0], [0.0]]), np.array([2, 0]), 1e12)
    expected = (2 * gap + np.log(3)) / 2 + 2 * gap**2 / 4e12
    assert abs(got / expected - 1) < 1e-12, (got, expected)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · Fit, until nothing is left to gain
#
# Write `fit(X, y, classes, C)`, which returns `(W, b)` at the minimum of the objective. Every class has samples. "At the minimum" is meant: the objective may be at most $10^{-8}$ above the lowest value
# there is. The tests use up to 400 samples with 35 features in ten classes, weak and strong penalties, and features of very different scale, and they wait ten seconds.
#
# How you get there is up to you. Plain gradient descent is enough for the first points. It will not be enough for features of which one is a thousand times another: think of Newton's method with
# a step that is halved while the objective does not fall (chapter 5; chapter 8 has it as an exercise), or of standardizing inside `fit` and undoing it after (but then the penalty is that of other weights).
# With $P$ the probabilities and $Y$ the one-hot labels, the gradient is $\frac1NX^\top(P-Y)+\frac1{CN}W$ for the weights and the column means of $P-Y$ for the biases.

# %% [raw]
# # BEGIN SOLUTION


# %%
def fit(X, y, classes, C):
    """Weights (D, K) and biases (K,) that minimize `objective`."""
    # BEGIN SOLUTION
    inputs = np.column_stack([X, np.ones(len(X))])
    count, width = inputs.shape
    truth = np.eye(classes)[y]
    penalty = np.full((width, classes), 1 / (C * count))
    penalty[-1] = 0  # the biases are free ...
    pin = np.zeros((width, classes, width, classes))
    pin[-1, :, -1, :] = 1  # ... and their common shift, which changes nothing, is held at zero
    theta = np.zeros((width, classes))

    def value_of(theta):
        z = inputs @ theta
        top = z.max(axis=1)
        log_sums = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
        return np.mean(log_sums - z[np.arange(count), y]) + np.sum(penalty * theta**2) / 2

    value = value_of(theta)
    for _ in range(100):
        z = inputs @ theta
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = inputs.T @ (p - truth) / count + penalty * theta
        curvature = p[:, :, None] * (np.eye(classes) - p[:, None, :])
        hessian = pin.copy()
        for k in range(classes):
            for j in range(k + 1):
                block = inputs.T @ (inputs * curvature[:, k, j, None]) / count
                hessian[:, k, :, j] += block
                if j < k:
                    hessian[:, j, :, k] += block
        hessian = hessian.reshape(slope.size, -1) + np.diag(penalty.ravel())
        step = np.linalg.solve(hessian, slope.ravel()).reshape(slope.shape)
        gain = np.sum(slope * step)
        if gain < 1e-13:
            break
        length = 1.0
        while length > 1e-6:
            trial = theta - length * step
            trial_value = value_of(trial)
            if trial_value <= value - 1e-4 * length * gain:
                break
            length /= 2
        theta, value = trial, trial_value
    return theta[:-1], theta[-1]
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Four samples at -1, -1, 1, 1 with the labels 0, 1, 1, 1 and C = 1: at the minimum both column means of P - Y are zero, because the biases are free. Here they are not.
  Are there biases at all, and are they penalized? Reread chapter 8, 'The article's class, repaired'.
"""  # END TEST CONFIG


def test_fit_counts_right(fit, np):
    X, y = np.array([[-1.0], [-1.0], [1.0], [1.0]]), np.array([0, 1, 1, 1])
    W, b = fit(X, y, 2, 1.0)
    assert np.shape(W) == (1, 2)
    assert np.shape(b) == (2,)
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.allclose(p.mean(axis=0), [0.25, 0.75], atol=1e-3), p.mean(axis=0)


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  For the same four samples the pull of the data, X'(Y - P), must equal the pull of the penalty, W / C. It does not: too few steps, or a penalty of another strength.
  Reread chapter 8, 'The article's class, repaired'.
"""  # END TEST CONFIG


def test_fit_balances_data_and_penalty(fit, np):
    X, y = np.array([[-1.0], [-1.0], [1.0], [1.0]]), np.array([0, 1, 1, 1])
    W, b = fit(X, y, 2, 0.25)
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.allclose(X.T @ (np.eye(2)[y] - p), np.asarray(W) / 0.25, atol=1e-3)


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  On random samples of four classes the objective is more than 1e-8 above its minimum. A fixed number of steps is too few here: stop when the gradient is small, not when patience ends.
  Reread chapter 5, 'Gradient descent from scratch'.
"""  # END TEST CONFIG


def test_hidden_fit_of_four_classes(fit, np):
    from scipy.special import logsumexp

    from coursework.secret import generator
    from softmax_lib import SoftmaxRegression

    rng = generator("hw04.q2.four")
    X = rng.normal(size=(120, 3))
    y = np.argmax(X @ rng.normal(size=(3, 4)) + rng.gumbel(size=(120, 4)), axis=1)
    y[:4] = range(4)
    for C in (0.1, 3.0):
        W, b = fit(X, y, 4, C)
        z = X @ W + b
        value = np.mean(logsumexp(z, axis=1) - z[np.arange(120), y]) + np.sum(np.square(W)) / (240 * C)
        lowest = SoftmaxRegression(C=C, tol=1e-8).fit(X, y).loss(X, y)
        assert value < lowest + 1e-8, (C, value - lowest)


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  With one feature a thousand times another the fit stops far from the minimum: in a long, narrow valley gradient descent creeps. Use curvature (Newton's method), or a preconditioner.
  Reread chapter 5, 'Newton, L-BFGS, and the price of a step'.
"""  # END TEST CONFIG


def test_hidden_fit_of_unequal_scales(fit, np):
    from scipy.special import logsumexp

    from coursework.secret import generator
    from softmax_lib import SoftmaxRegression

    rng = generator("hw04.q2.scales")
    base = rng.normal(size=(90, 4))
    y = np.argmax(base @ rng.normal(size=(4, 3)) + rng.gumbel(size=(90, 3)), axis=1)
    y[:3] = range(3)
    X = base * [30, 1, 1, 0.03] + [50, 0, 0, 1]
    W, b = fit(X, y, 3, 10.0)
    z = X @ W + b
    value = np.mean(logsumexp(z, axis=1) - z[np.arange(90), y]) + np.sum(np.square(W)) / 1800
    lowest = SoftmaxRegression(C=10.0, tol=1e-8).fit(X, y).loss(X, y)
    assert value < lowest + 1e-8, value - lowest


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  400 boards, ten digits, a weak penalty: the answer came too late, or is not the minimum. A full Newton step can overshoot when probabilities are near 0 and 1; halve it while the
  objective does not fall. Reread chapter 5, 'Newton, L-BFGS, and the price of a step'.
"""  # END TEST CONFIG


def test_hidden_fit_of_the_board(fit, np):
    from scipy.special import logsumexp

    from coursework.secret import generator
    from softmax_lib import SoftmaxRegression

    rng = generator("hw04.q2.board")
    glyphs = (rng.random((10, 35)) < 0.5).astype(float)
    y = np.concatenate([np.arange(10), rng.integers(10, size=390)])
    X = np.abs(glyphs[y] - (rng.random((400, 35)) < 0.1))
    for C in (100.0, 0.01):
        W, b = fit(X, y, 10, C)
        z = X @ W + b
        value = np.mean(logsumexp(z, axis=1) - z[np.arange(400), y]) + np.sum(np.square(W)) / (800 * C)
        lowest = SoftmaxRegression(C=C, tol=1e-8).fit(X, y).loss(X, y)
        assert value < lowest + 1e-8, (C, value - lowest)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: 200 photographs.** Fit the reader to 200 photographs of the board, at three strengths, and let it read 2000 new ones.

# %%
generator = np.random.default_rng(7)
X, y = photograph(200, 0.25, generator)
X_new, y_new = photograph(2000, 0.25, generator)
readers = {C: fit(X, y, 10, C) for C in (0.01, 1.0, 100.0)}
if None in readers.values() or objective(*readers[1.0], X, y, 1.0) is None:
    print("write the function above and run its cell, then run this one again")
else:
    for C, (W, b) in readers.items():
        seen = np.mean(np.argmax(X @ W + b, axis=1) == y)
        right = np.mean(np.argmax(X_new @ W + b, axis=1) == y_new)
        loss = objective(W, b, X_new, y_new, 1e12)  # the penalty vanishes: the plain log-loss
        print(f"C = {C:6}: right {seen:.3f} on photographs seen, {right:.3f} on new ones, log-loss {loss:.3f}")

# %% [markdown]
# Compare the last two lines. The weakly penalized reader knows its 200 photographs by heart, and pays for it where it counts: the log-loss on new photographs is the price of being sure for no reason. So
# $C$ has to be chosen, and not on the photographs that were used to fit.

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · Choose the strength
#
# Write `choose_strength(X, y, classes, strengths, folds)`: cross-validation. `folds` holds a whole number for every sample, its fold. For each $C$ in `strengths`, and for each fold, fit on the samples of *all
# other* folds and compute the mean cross-entropy (without penalty) on the samples of this fold. Return `(best, losses)`: `losses` is an array with the mean over the folds for each strength, `best` the
# strength with the smallest.

# %% [raw]
# # BEGIN SOLUTION


# %%
def choose_strength(X, y, classes, strengths, folds):
    """The strength with the smallest cross-validated log-loss, and all these losses."""
    # BEGIN SOLUTION
    losses = []
    for C in strengths:
        held_out = []
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[~test], y[~test], classes, C)
            held_out.append(objective(np.asarray(W), b, X[test], y[test], np.inf))
        losses.append(np.mean(held_out))
    return strengths[int(np.argmin(losses))], np.array(losses)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With a crushing penalty (C = 1e-9) the weights vanish and only the class shares of the other fold are left: 1/2 and 1/2, so the loss is log 2. Return (best, losses), one loss a strength.
  Reread chapter 8, 'How strong a penalty?'.
"""  # END TEST CONFIG


def test_choice_under_a_crushing_penalty(choose_strength, np):
    X, y = np.array([[0.0], [1.0], [3.0], [2.0]]), np.array([0, 1, 1, 0])
    best, losses = choose_strength(X, y, 2, [1e-9], np.array([0, 0, 1, 1]))
    assert best == 1e-9
    assert np.shape(losses) == (1,)
    assert abs(losses[0] - np.log(2)) < 1e-4, losses


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  The losses are not those of the held-out folds. Did the fit see the fold that it is scored on, is the penalty part of the score, or are samples averaged where folds should be?
  Reread chapter 8, 'How strong a penalty?'.
"""  # END TEST CONFIG


def test_hidden_losses_of_held_out_folds(choose_strength, np):
    from coursework.secret import generator
    from softmax_lib import SoftmaxRegression, cross_entropy

    rng = generator("hw04.q3.losses")
    X, y = rng.normal(size=(48, 3)), np.tile([0, 1, 2], 16)
    folds = np.repeat([4, 7, 9], [12, 15, 21])
    strengths = [0.02, 5.0]
    _, losses = choose_strength(X, y, 3, strengths, folds)
    for C, loss in zip(strengths, losses, strict=True):
        held_out = []
        for fold in (4, 7, 9):
            model = SoftmaxRegression(C=C, tol=1e-8).fit(X[folds != fold], y[folds != fold])
            held_out.append(cross_entropy(model.decision_function(X[folds == fold]), y[folds == fold]))
        assert abs(loss - np.mean(held_out)) < 1e-4, (C, loss)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On folds whose labels contradict each other the strongest penalty is best; you chose another. Training loss falls with every weaker penalty, and accuracy is too coarse to choose by.
  Reread chapter 8, 'How strong a penalty?'.
"""  # END TEST CONFIG


def test_hidden_choice_among_noise(choose_strength, np):
    from coursework.secret import generator

    rng = generator("hw04.q3.noise")
    labels = np.tile([0, 1], 10)
    half = 4 * labels[:, None] - 2 + rng.normal(scale=0.3, size=(20, 4))
    X, y = np.concatenate([half, half]), np.concatenate([labels, 1 - labels])  # the second fold contradicts the first
    strengths = [50.0, 1e-4, 1.0]
    best, losses = choose_strength(X, y, 2, strengths, np.repeat([0, 1], 20))
    assert best == 1e-4, (best, losses)
    assert np.argmin(losses) == 1


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %%
strengths = [0.1, 1.0, 3.0, 10.0]
choice = choose_strength(X, y, 10, strengths, np.arange(200) % 3)
if choice is None:
    print("write the function above and run its cell, then run this one again")
else:
    best, losses = choice
    for C, loss in zip(strengths, losses, strict=True):
        print(f"C = {C:5}: held-out log-loss {loss:.3f}", "<- best" if best == C else "")

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ## Question 4 · How separable is it?
#
# A weak penalty let the reader answer every photograph rightly and then grow its weights for nothing. Whether data can be separated like that is visible in one number. Write `margin(W, b, X, y)`: the smallest lead of a true
# class over its best rival,
#
# $$m=\frac1{\lVert W-\bar W\rVert_F}\;\min_i\Bigl(z_{i,y_i}-\max_{k\ne y_i}z_{ik}\Bigr),$$
#
# measured in units of the weights. $\bar W$ has in each row $d$ the mean $\frac1K\sum_kW_{dk}$ in place of every entry: subtracting it changes no decision, and the norm of what is left does not depend on
# a shift of all classes together. $m>0$ means that $(W,b)$ separates the data.

# %% [raw]
# # BEGIN SOLUTION


# %%
def margin(W, b, X, y):
    """The smallest lead of the true class, in units of the centered weights."""
    # BEGIN SOLUTION
    z = X @ W + b
    rows = np.arange(len(X))
    own = z[rows, y].copy()
    z[rows, y] = -np.inf
    return float(np.min(own - z.max(axis=1)) / np.linalg.norm(W - W.mean(axis=1, keepdims=True)))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Logits (3, 1, 0) and (0, 2, 6) with the labels 0 and 2: the leads are 2 and 4, the smaller one is 2. Leave the true class out when you look for its best rival.
  Reread chapter 5, 'Separable data: the weights run away'.
"""  # END TEST CONFIG


def test_margin_by_hand(margin, np):
    W = np.array([[3.0, 1.0, 0.0], [0.0, 2.0, 6.0]])
    got = margin(W, np.zeros(3), np.eye(2), np.array([0, 2]))
    centered = W - W.mean(axis=1, keepdims=True)
    assert abs(got - 2 / np.sqrt(np.sum(centered**2))) < 1e-12, got


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  One sample is answered wrongly, so the margin is negative: the lead of the true class, not the lead of the winner. Reread chapter 5, 'Separable data: the weights run away'.
"""  # END TEST CONFIG


def test_margin_of_a_mistake(margin, np):
    W = np.array([[3.0, 1.0, 0.0], [0.0, 2.0, 6.0]])
    assert margin(W, np.zeros(3), np.eye(2), np.array([0, 1])) < -0.5


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On random data the margin is off. Candidates: the bias is missing, the mean lead in place of the smallest, or a norm that includes the biases.
  Reread chapter 5, 'Separable data: the weights run away'.
"""  # END TEST CONFIG


def test_hidden_margin_of_random_data(margin, np):
    from coursework.secret import generator

    rng = generator("hw04.q4.random")
    X, y = rng.normal(size=(25, 4)), rng.integers(5, size=25)
    W, b = rng.normal(size=(4, 5)), rng.normal(scale=2, size=5)
    leads = []
    for x, label in zip(X, y, strict=True):
        z = x @ W + b
        leads.append(z[label] - np.max(np.delete(z, label)))
    expected = min(leads) / np.sqrt(np.sum((W - W.mean(axis=1, keepdims=True)) ** 2))
    assert abs(margin(W, b, X, y) - expected) < 1e-11


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Doubling W and b, or adding one vector to all columns of W, is the same classifier at another scale; your margin changed. Divide by the norm of the weights with the mean over the *classes*
  removed. Reread chapter 8, 'Two classes: logistic regression in disguise'.
"""  # END TEST CONFIG


def test_hidden_margin_in_units(margin, np):
    from coursework.secret import generator

    rng = generator("hw04.q4.units")
    X, y = rng.normal(size=(12, 3)), rng.integers(4, size=12)
    W, b = rng.normal(size=(3, 4)), rng.normal(size=4)
    plain = margin(W, b, X, y)
    assert abs(margin(5 * W, 5 * b, X, y) - plain) < 1e-11
    assert abs(margin(W + rng.uniform(2, 3, size=(3, 1)), b + 7, X, y) - plain) < 1e-11


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: the weights run away.** Turn the penalty down step by step, on 60 photographs and on 1200.

# %%
if fit(GLYPHS, np.arange(10), 10, 1.0) is None or margin(np.ones((35, 10)), np.zeros(10), X, y) is None:
    print("write the function above and run its cell, then run this one again")
else:
    for count in (60, 1200):
        some, their = photograph(count, 0.25, np.random.default_rng(1))
        print(f"{count} photographs")
        for C in (1.0, 1e2, 1e4):
            W, b = fit(some, their, 10, C)
            print(
                f"   C = {C:7}: size of the weights {np.linalg.norm(W):7.2f}, margin {margin(W, b, some, their):6.3f}"
            )

# %% [markdown]
# Sixty photographs can be separated: the margin is positive, and every weaker penalty buys the same decisions with longer weights. With 1200 the margin stays negative, because some photographs look more like
# another digit, and the weights hardly grow any more.

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ## Question 5 · What does a weight say?
#
# A single weight says nothing, because adding a vector to all columns changes no probability. A *difference* of two columns is a log-odds. Write `odds_factor(W, i, j, change)`: by which factor are the odds
# $p_i/p_j$ multiplied when the features change by the vector `change`, of shape $(D,)$?

# %% [raw]
# # BEGIN SOLUTION


# %%
def odds_factor(W, i, j, change):
    """The factor on the odds of class i against class j when x becomes x + change."""
    # BEGIN SOLUTION
    return float(np.exp(change @ (W[:, i] - W[:, j])))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  One more unit of the second feature, whose weights are log 6 for class 0 and log 2 for class 1, multiplies the odds of 0 against 1 by 3. Take the difference of two columns, and its exponential.
  Reread chapter 8, 'Inference: how sure are we of a coefficient?'.
"""  # END TEST CONFIG


def test_odds_by_hand(odds_factor, np):
    W = np.array([[5.0, -1.0, 0.0], [np.log(6), np.log(2), 0.5]])
    assert abs(odds_factor(W, 0, 1, np.array([0.0, 1.0])) - 3) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Compared with the odds before and after a change of all features, the factor is off. Check the order of the classes, the sign, and that every feature takes part.
  Reread chapter 8, 'Inference: how sure are we of a coefficient?'.
"""  # END TEST CONFIG


def test_hidden_odds_before_and_after(odds_factor, np):
    from coursework.secret import generator

    rng = generator("hw04.q5.odds")
    W, b = rng.normal(size=(4, 5)), rng.normal(size=5)
    x, change = rng.normal(size=(2, 4))
    i, j = 3, 1
    before, after = np.exp(x @ W + b), np.exp((x + change) @ W + b)
    expected = (after[i] / after[j]) / (before[i] / before[j])
    assert abs(odds_factor(W, i, j, change) / expected - 1) < 1e-10


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ## Question 6 · The weights that theory prescribes
#
# For most data nobody knows the true probabilities. For this board you do. If digit $k$ is meant, lamp $d$ shows $g_{kd}\in\{0,1\}$, and lies with the probability $\varepsilon$, independently of all other lamps. Digit $k$ occurs with the
# probability $\pi_k$. So by Bayes' rule
#
# $$P(k\mid x)\;\propto\;\pi_k\prod_{d}\bigl(1-\varepsilon\bigr)^{[x_d=g_{kd}]}\;\varepsilon^{[x_d\ne g_{kd}]} .$$
#
# Take logarithms: what is left is *linear in* $x$. The best reader that can exist is a softmax of $xW+b$. Write `ideal_weights(glyphs, broken, shares)`, which returns such `(W, b)` for `glyphs` of shape $(K,D)$ with
# entries 0 and 1, the probability `broken` $=\varepsilon$ and the probabilities `shares` $=\pi$. (Many pairs do it; the tests compare probabilities.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def ideal_weights(glyphs, broken, shares):
    """W (D, K) and b (K,) whose softmax is the true posterior of the board."""
    # BEGIN SOLUTION
    trust = np.log((1 - broken) / broken)
    return trust * (2 * glyphs.T - 1), np.log(shares) - trust * glyphs.sum(axis=1)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  One lamp that is on for class 1 and off for class 0, broken one time in four, both classes equally common: when it is on, class 1 has the probability 3/4. Is the logarithm that of the odds (1 - e)/e?
  Reread chapter 8, 'When classes are rarer here than there'.
"""  # END TEST CONFIG


def test_ideal_single_lamp(ideal_weights, np):
    W, b = ideal_weights(np.array([[0.0], [1.0]]), 0.25, np.array([0.5, 0.5]))
    z = np.array([[1.0], [0.0]]) @ W + b
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.allclose(p, [[0.25, 0.75], [0.75, 0.25]], atol=1e-12), p


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  The probabilities differ from Bayes' rule on random digits. A dark lamp is evidence too, and a digit with many lit lamps has to be lit brightly: that is the part of the bias that is not log pi.
  Reread chapter 8, 'When classes are rarer here than there'.
"""  # END TEST CONFIG


def test_hidden_ideal_is_bayes(ideal_weights, np):
    from coursework.secret import generator

    rng = generator("hw04.q6.bayes")
    glyphs = (rng.random((6, 12)) < np.linspace(0.1, 0.9, 6)[:, None]).astype(float)
    broken = rng.uniform(0.05, 0.3)
    x = (rng.random((40, 12)) < 0.5).astype(float)
    agree = x[:, None, :] == glyphs
    joint = np.where(agree, 1 - broken, broken).prod(axis=2)
    W, b = ideal_weights(glyphs, broken, np.full(6, 1 / 6))
    p = np.exp(x @ W + b)
    assert np.allclose(p / p.sum(axis=1, keepdims=True), joint / joint.sum(axis=1, keepdims=True), atol=1e-10)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With digits of unequal frequency the posterior is off: log pi belongs into the bias, once. Reread chapter 8, 'When classes are rarer here than there'.
"""  # END TEST CONFIG


def test_hidden_ideal_with_shares(ideal_weights, np):
    from coursework.secret import generator

    rng = generator("hw04.q6.shares")
    glyphs = np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])  # two lamps each
    shares = rng.dirichlet([8, 2, 1])
    x = (rng.random((20, 4)) < 0.5).astype(float)
    joint = shares * np.where(x[:, None, :] == glyphs, 0.8, 0.2).prod(axis=2)
    W, b = ideal_weights(glyphs, 0.2, shares)
    p = np.exp(x @ W + b)
    assert np.allclose(p / p.sum(axis=1, keepdims=True), joint / joint.sum(axis=1, keepdims=True), atol=1e-10)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: learned against prescribed.** How close does a fit come to the best reader that can exist? And what has it learned about each lamp? Below, the weights of *3* minus those of *9*, as pictures: `#` speaks clearly for the 3, `o` for the
# 9, a dot says little. Left as prescribed, then as learned from 200 photographs, then from 2500.

# %%
ideal = ideal_weights(GLYPHS, 0.25, np.full(10, 0.1))
if ideal is None or choice is None:
    print("write the function above and run its cell, then run this one again")
else:
    many, their = photograph(2500, 0.25, np.random.default_rng(3))
    readers = {
        "prescribed": ideal,
        "learned from 200": fit(X, y, 10, best),
        "learned from 2500": fit(many, their, 10, 3.0),
    }
    for name, (W, b) in readers.items():
        right = np.mean(np.argmax(X_new @ W + b, axis=1) == y_new)
        loss = objective(W, b, X_new, y_new, 1e12)
        contrast = np.linalg.norm(W[:, 3] - W[:, 9])
        print(f"{name:18} right {right:.3f}, log-loss {loss:.3f}, length of the difference {contrast:.2f}")
    print()
    show([W[:, 3] - W[:, 9] for W, b in readers.values()], light=1.0)

# %% [markdown]
# No reader, however clever, can do better than the first line on such a board. And the pictures agree where the two digits differ.

# %% [raw]
# # BEGIN QUESTION
# name: q7
# manual: true
# points: 7

# %% [markdown]
# ## Question 7 · Read the pictures (written)
#
# Look at the last experiment; print more pictures if you like.
#
# 1. A lamp that is lit in the 3 *and* in the 9: which weight difference does theory prescribe, and why? A lamp that is dark in both?
# 2. A friend points at the weight of one lamp in the column of the 3, finds it *negative* although the lamp is lit in a 3, and concludes that the fit is broken. Answer the friend.
# 3. The reader from 200 photographs has smaller differences than prescribed, and its log-loss is higher. Name two causes, and say which of them goes away with more photographs.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. Zero in both cases. $W_{d3}-W_{d9}=\lambda\,(2g_{3d}-1)-\lambda\,(2g_{9d}-1)=2\lambda\,(g_{3d}-g_{9d})$ with $\lambda=\log\frac{1-\varepsilon}\varepsilon$: where the two digits agree the lamp is equally likely to be lit under both, so seeing it
#    lit (or dark) moves the odds of 3 against 9 by the factor one.
# 2. One column has no meaning: adding a vector to all columns changes no probability, and could make any single weight negative. With the penalty the columns are centered, so a negative weight says that a lit lamp speaks less for the 3 than for
#    the *average* digit; a lamp that is lit in nearly all digits has small weights of either sign in each of them. Read differences.
# 3. The penalty pulls all weights to zero, and 200 photographs, 20 of each digit, leave the weights uncertain (noise). Both fade with more photographs: the noise like $1/\sqrt N$, and the penalty because its share of the objective falls like $1/N$ at
#    fixed $C$; with $C$ chosen anew it is weaker still. What does not go away is the error of the ideal reader.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q8
# manual: true
# points: 7

# %% [markdown]
# ## Question 8 · The report that says 100 % (written)
#
# A colleague fits softmax regression with $C=10^{6}$ to 60 photographs and reports: "Training accuracy 100 %, all probabilities above 0.999, and the weight of lamp 17 is 41 ± 0.3 over three runs of the solver. The model is certain, and it is reproducible."
#
# 1. Show that on separable data the unpenalized loss has no minimum: what happens to it along $(tW,tb)$ as $t\to\infty$, if $(W,b)$ has a positive margin?
# 2. What do the 41, the 0.999 and the "± 0.3" say about the board, and what do they say about the colleague's settings?
# 3. Which three numbers should the report contain instead?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. Let every true class lead all rivals by at least $m>0$. Along $t$ the loss of a sample is $\log(1+\sum_{k\ne y}e^{-t(z_y-z_k)})\le(K-1)e^{-tm}\to0$, but at every finite weight it is positive. So 0 is the infimum and nobody attains it: the
#    solver walks until something stops it.
# 2. Nearly nothing about the board. The size 41 is decided by $C$ (or the solver's tolerance): ten times $C$, larger weights, same decisions. Probabilities of 0.999 are a consequence of the long weights and are on photographs that were fitted. "± 0.3" measures that a
#    deterministic solver of a convex problem ends at the same place; it is not an uncertainty of the weight, which other photographs would move.
# 3. For example: accuracy and log-loss on photographs that took no part in the fit; $C$ as chosen by cross-validation, with the held-out loss there; and the spread of a weight *difference* over resampled training sets (bootstrap). A margin with the number of
#    samples would tell the reader that the training data are separable.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

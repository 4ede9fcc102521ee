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
# name: hw05
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
# # Homework 5 · The layer and its honesty
#
# The departure board of homework 4 gets a neural network. It will read the digits, and it will tell you how sure it is. You train it with Keras, serve it without, find out what is wrong
# with six networks that other people wired, and then ask the question that a passenger would ask: when it says 90 percent, how often is it right?
#
# > **You will be able to**
# >
# > - train a Keras network on logits, from a seed, and take its weights out,
# > - serve probabilities that do not depend on who else is in the batch,
# > - recognize a wrong pair of output and loss from four measurements,
# > - measure calibration, and repair confidence with one temperature.
# >
# > **Time:** 180 minutes. **Points:** 35. **You need:** chapter 7; of chapter 6 the section on calibration.
#
# **How it works.** Replace each `...` by your code and run the check below it. Hidden tests with other data follow when you hand in. Question 1 uses Keras, all others NumPy and nothing else. Your functions take and return
# numbers, strings, arrays, and dictionaries of these; no Keras object crosses a function's border. The first import takes some seconds.

# %%
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # TensorFlow reads this when it is imported: no log lines

import keras
import numpy as np

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
    """Digits as the board shows them: each of 35 lamps lies with the probability `broken`."""
    y = generator.integers(10, size=count)
    lies = generator.random((count, 35)) < broken
    return np.where(lies, 1 - GLYPHS[y], GLYPHS[y]), y


# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · Train on logits
#
# Write `train(X, y, classes, hidden, epochs, seed)`. It builds the network `Dense(hidden, relu) → Dense(classes)`, which ends in *logits*, and trains it with the cross-entropy of logits, Adam with
# the rate 0.01, in batches of 32. Return a dictionary with
#
# - `"first_loss"`: the mean cross-entropy over all of `X` before the first step,
# - `"losses"`: a list with the loss of each epoch, as Keras reports it,
# - `"W1"`, `"b1"`, `"W2"`, `"b2"`: the trained weights as arrays, so that the logits are `np.maximum(X @ W1 + b1, 0) @ W2 + b2`.
#
# The same seed must give the same network, another seed another one: call `keras.utils.set_random_seed(seed)` first. Let Keras be quiet (`verbose=0`).

# %% [raw]
# # BEGIN SOLUTION


# %%
def train(X, y, classes, hidden, epochs, seed):
    """Train Dense(hidden, relu) -> Dense(classes) on logits; losses and weights."""
    # BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((X.shape[1],)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    first_loss = float(model.evaluate(X, y, batch_size=len(X), verbose=0))
    history = model.fit(X, y, batch_size=32, epochs=epochs, verbose=0).history
    W1, b1, W2, b2 = model.get_weights()
    losses = [float(value) for value in history["loss"]]
    return {"first_loss": first_loss, "losses": losses, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The dictionary needs first_loss, losses (one number an epoch), W1 (D, hidden), b1, W2 (hidden, classes) and b2. Reread chapter 7, 'The article's model, exactly'.
"""  # END TEST CONFIG


def test_what_training_returns(train, np):
    X, y = np.eye(6)[np.arange(36) % 6], np.arange(36) % 3
    found = train(X, y, 3, 8, 2, 0)
    assert len(found["losses"]) == 2
    shapes = [np.shape(found[name]) for name in ("W1", "b1", "W2", "b2")]
    assert shapes == [(6, 8), (8,), (8, 3), (3,)], shapes


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Before the first step a network knows nothing, and pays about log K, here log 3 = 1.10. A loss that takes logits for probabilities pays several times as much.
  Reread chapter 7, 'The wiring clinic'.
"""  # END TEST CONFIG


def test_first_loss(train, np):
    X, y = np.eye(6)[np.arange(36) % 6], np.arange(36) % 3
    found = train(X, y, 3, 8, 1, 0)
    assert abs(found["first_loss"] - np.log(3)) < 0.5, found["first_loss"]


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  On classes that are easy to separate the training loss does not approach zero, or the weights that you return do not give that loss. Softmax twice has a floor, a relu or a sigmoid at the end
  forbids large or negative logits. Reread chapter 7, 'The wiring clinic'.
"""  # END TEST CONFIG


def test_hidden_loss_goes_to_zero(train, np):
    from coursework.secret import generator
    from softmax_lib import cross_entropy

    rng = generator("hw05.q1.zero")
    middles = 3 * np.eye(5)[:, :4] - 1.0  # the fifth class lies in the middle of nowhere
    y = np.tile(np.arange(5), 30)
    X = middles[y] + rng.normal(scale=0.35, size=(150, 4))
    found = train(X, y, 5, 16, 40, int(rng.integers(1000)))
    assert found["losses"][-1] < 0.15, found["losses"][-1]
    logits = np.maximum(X @ found["W1"] + found["b1"], 0) @ found["W2"] + found["b2"]
    assert abs(cross_entropy(logits, y) - found["losses"][-1]) < 0.05


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On new samples the network that you return is no better than chance, or clearly worse than it should be. Are these the trained weights? Is there a relu between the layers?
  Reread chapter 7, 'Train on logits, serve probabilities'.
"""  # END TEST CONFIG


def test_hidden_new_samples(train, np):
    from coursework.secret import generator

    rng = generator("hw05.q1.new")
    angle = rng.uniform(0, 2 * np.pi, size=500)
    y = (np.arange(500) % 2).astype(int)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) * (1 + 1.5 * y[:, None])  # two rings: no line separates them
    found = train(X[:250], y[:250], 2, 24, 30, int(rng.integers(1000)))
    logits = np.maximum(X[250:] @ found["W1"] + found["b1"], 0) @ found["W2"] + found["b2"]
    right = np.mean(np.argmax(logits, axis=1) == y[250:])
    assert right > 0.95, right


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  The same seed gave two different networks, or two seeds the same one. Set the seed inside the function, before the layers are built, and to the argument. Reread chapter 7, 'The article's model, exactly'.
"""  # END TEST CONFIG


def test_hidden_seeds(train, np):
    from coursework.secret import generator

    rng = generator("hw05.q1.seeds")
    X, y = rng.normal(size=(64, 3)), np.arange(64) % 2
    seed = int(rng.integers(1, 1000))
    first, again, other = (train(X, y, 2, 4, 2, s) for s in (seed, seed, seed + 1))
    assert np.allclose(first["W1"], again["W1"], atol=1e-6)
    assert np.allclose(first["losses"], again["losses"], atol=1e-5)
    assert not np.allclose(first["W1"], other["W1"], atol=1e-3)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: a board with broken lamps.** A quarter of the lamps lies. The network sees 300 photographs, sixty times.

# %%
generator = np.random.default_rng(5)
X, y = photograph(300, 0.25, generator)
X_validation, y_validation = photograph(500, 0.25, generator)
X_new, y_new = photograph(4000, 0.25, generator)
network = train(X, y, 10, 64, 60, seed=1)
print(f"first loss {network['first_loss']:.2f} (log 10 is {np.log(10):.2f}), last {network['losses'][-1]:.4f}")

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · Serve probabilities
#
# The station's computer has NumPy and no Keras. Write `serve(weights, X, temperature=1.0)`: `weights` is a dictionary with `"W1"`, `"b1"`, `"W2"`, `"b2"`, as above; the answer is an array of shape $(N,K)$ of
# probabilities, $\sigma(z/T)$ row by row. Logits can be large. One photograph alone must get the answer that it gets among a thousand others.

# %% [raw]
# # BEGIN SOLUTION


# %%
def serve(weights, X, temperature=1.0):
    """Probabilities (N, K) of the network, with its logits divided by the temperature."""
    # BEGIN SOLUTION
    hidden = np.maximum(X @ weights["W1"] + weights["b1"], 0)
    logits = np.asarray(hidden @ weights["W2"] + weights["b2"], dtype=float) / temperature
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With W1 = W2 = identity and no biases the features (log 3, -5) become the logits (log 3, 0): relu first, then softmax, which gives (3/4, 1/4). Reread chapter 7, 'Train on logits, serve probabilities'.
"""  # END TEST CONFIG


def test_serving_by_hand(serve, np):
    weights = {"W1": np.eye(2), "b1": np.zeros(2), "W2": np.eye(2), "b2": np.zeros(2)}
    got = serve(weights, np.array([[np.log(3), -5.0]]))
    assert np.allclose(got, [[0.75, 0.25]], atol=1e-12), got


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Three photographs together, then the first alone: its probabilities must be the same and add up to 1. Softmax over axis 0, or a maximum or a sum over the whole batch, fails here.
  Reread chapter 7, 'When it breaks'.
"""  # END TEST CONFIG


def test_one_row_alone(serve, np):
    weights = {"W1": np.eye(3), "b1": np.ones(3), "W2": np.eye(3), "b2": np.array([0.5, 0.0, -0.5])}
    X = np.array([[1.0, 0.0, 2.0], [0.0, 900.0, 1.0], [3.0, 1.0, 0.0]])
    together, alone = serve(weights, X), serve(weights, X[:1])
    assert np.allclose(together.sum(axis=1), 1, atol=1e-12)
    assert np.allclose(together[:1], alone, atol=1e-12)
    first = np.exp([2.5, 1.0, 2.5])
    assert np.allclose(alone, [first / first.sum()], atol=1e-12), alone


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With a temperature the probabilities are not softmax(z / T). The logits are divided by T before softmax; T above 1 makes the answer less sure. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_serving_with_temperature(serve, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw05.q2.temperature")
    weights = {
        "W1": rng.normal(size=(5, 7)),
        "b1": rng.normal(size=7),
        "W2": rng.normal(size=(7, 4)),
        "b2": rng.normal(size=4),
    }
    X, T = rng.normal(size=(20, 5)), rng.uniform(1.5, 3)
    z = np.maximum(X @ weights["W1"] + weights["b1"], 0) @ weights["W2"] + weights["b2"]
    for temperature in (1.0, T, 1 / T):
        got = serve(weights, X, temperature)
        assert np.allclose(got, softmax(z / temperature, axis=1), atol=1e-9)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  At logits of some thousands the answer is nan, or a row is all zeros. Subtract each row's own maximum before exp. Reread chapter 3, 'A computer has only so many numbers'.
"""  # END TEST CONFIG


def test_hidden_serving_large_logits(serve, np):
    from coursework.secret import generator

    rng = generator("hw05.q2.large")
    size = rng.uniform(2000, 4000)
    weights = {"W1": np.eye(3), "b1": np.zeros(3), "W2": size * np.eye(3), "b2": np.zeros(3)}
    got = serve(weights, np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [5.0, 5.0, 1.0]]))
    assert np.allclose(got, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]], atol=1e-9), got


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %%
probabilities = serve(network, X_new)
right = np.argmax(probabilities, axis=1) == y_new
sure = probabilities.max(axis=1)
print(f"new photographs: right {right.mean():.3f}, mean confidence {sure.mean():.3f}")
print(f"of the answers given with more than 0.95: right {right[sure > 0.95].mean():.3f}")

# %% [markdown]
# Two numbers that should be equal, and are not. Before you repair them, make sure that the wiring is not to blame.

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · The wiring clinic
#
# Six people trained the same network to the end, with six different endings, and sent you measurements. Write `diagnose(classes, first_loss, last_loss, together, alone)`. `first_loss` and `last_loss` are what the training
# reported before the first step and at the end; `together` holds the network's outputs, as served, for a batch of photographs, shape $(N,K)$ in float32; `alone` holds the output for the first of them sent alone, shape $(1,K)$.
# Return one of
#
# | answer | what happened |
# |---|---|
# | `"softmax over the batch"` | each class is normalized over the photographs: the output depends on the batch |
# | `"softmax missing"` | the outputs are logits, and the loss took them for probabilities: the first loss is far above $\log K$ |
# | `"logits served"` | the outputs are logits, the loss knew it: the training is right, and somebody forgot to attach softmax |
# | `"sigmoids"` | outputs between 0 and 1 whose rows do not sum to 1 |
# | `"softmax twice"` | rows sum to 1, and no two entries of a row differ by more than the factor $e$; the loss stuck at $\log(1+\frac{K-1}e)$ or above |
# | `"right"` | none of these |
#
# A network that is *right* may still be unsure: its data may be hard. Float32 carries seven digits. "Far above" is more than $1.5\log K$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def diagnose(classes, first_loss, last_loss, together, alone):
    """Which ending a trained network has, from four measurements."""
    # BEGIN SOLUTION
    if not np.allclose(together[0], alone[0], atol=1e-3):
        return "softmax over the batch"
    if np.min(together) < -1e-4 or np.max(together) > 1 + 1e-4:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    close = together.max(axis=1) <= np.e * together.min(axis=1) * (1 + 1e-4)
    if np.all(close) and last_loss > np.log(1 + (classes - 1) / np.e) - 1e-3:
        return "softmax twice"
    return "right"
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A healthy network, then one whose output is all ones for a photograph alone. Return the words exactly as in the table. Reread chapter 7, 'When it breaks'.
"""  # END TEST CONFIG


def test_right_and_over_the_batch(diagnose, np):
    healthy = np.array([[0.9, 0.06, 0.04], [0.2, 0.5, 0.3]], dtype=np.float32)
    assert diagnose(3, 1.11, 0.05, healthy, healthy[:1]) == "right"
    batch = np.array([[0.8, 0.3, 0.5], [0.2, 0.7, 0.5]], dtype=np.float32)
    assert diagnose(3, 1.11, 0.05, batch, np.ones((1, 3), np.float32)) == "softmax over the batch"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Outputs with negative entries are logits. Whether the loss knew is told by the first loss: about log K, or far above. Reread chapter 7, 'The wiring clinic'.
"""  # END TEST CONFIG


def test_two_kinds_of_logits(diagnose, np):
    logits = np.array([[4.0, -2.0, 0.5], [-1.0, 3.0, 0.0]], dtype=np.float32)
    assert diagnose(3, 1.15, 0.02, logits, logits[:1]) == "logits served"
    assert diagnose(3, 5.2, 2.9, logits, logits[:1]) == "softmax missing"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Of sigmoids and double softmaxes at random logits one was not recognized. Sigmoids: the rows do not sum to 1. Twice: they do, and no two entries differ by more than the factor e.
  Reread chapter 7, 'The wiring clinic'.
"""  # END TEST CONFIG


def test_hidden_sigmoids_and_twice(diagnose, np):
    from scipy.special import expit, softmax

    from coursework.secret import generator

    rng = generator("hw05.q3.twice")
    for classes in (4, 10, 30):
        logits = rng.normal(scale=6, size=(25, classes))
        start = np.log(classes) + rng.uniform(-0.05, 0.1)
        outputs = expit(logits).astype(np.float32)
        assert diagnose(classes, start, 0.1, outputs, outputs[:1]) == "sigmoids"
        outputs = softmax(softmax(logits, axis=1), axis=1).astype(np.float32)
        floor = np.log(1 + (classes - 1) / np.e)
        assert diagnose(classes, start, floor + 0.02, outputs, outputs[:1]) == "softmax twice"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A healthy network was called ill. Rows in float32 sum to 1 within some 1e-6 only; hard data leave the loss high and the answers unsure; a row alone may differ in the last digits; and a loss
  above the floor proves nothing when entries differ by more than the factor e. Reread chapter 7, 'The wiring clinic'.
"""  # END TEST CONFIG


def test_hidden_healthy_but_unsure(diagnose, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw05.q3.healthy")
    for scale, last_loss in ((1.0, 1.9), (4.0, 0.4), (20.0, 0.01)):
        outputs = softmax(rng.normal(scale=scale, size=(40, 12)), axis=1).astype(np.float32)
        alone = outputs[:1] * np.float32(1 + 3e-7)
        assert diagnose(12, np.log(12) + 0.05, last_loss, outputs, alone) == "right"
    batch = softmax(rng.normal(scale=5, size=(40, 12)), axis=0).astype(np.float32)
    assert diagnose(12, np.log(12), 0.3, batch, np.ones((1, 12), np.float32)) == "softmax over the batch"


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ## Question 4 · Measure the honesty
#
# Write `expected_calibration_error(probabilities, labels, bins=15)`. The confidence of an answer is its largest probability. Sort the answers into `bins` bins of equal width between 0 and 1, where bin $b$ holds the confidences *above*
# $\frac{b-1}B$, up to and including $\frac bB$. The result is
#
# $$\mathrm{ECE}=\sum_{b}\frac{n_b}{N}\,\bigl|\,\text{share of right answers in bin } b-\text{mean confidence in bin } b\,\bigr| ,$$
#
# where $n_b$ is the number of answers in bin $b$; empty bins count nothing.

# %% [raw]
# # BEGIN SOLUTION


# %%
def expected_calibration_error(probabilities, labels, bins=15):
    """The mean gap between confidence and accuracy over bins of equal width."""
    # BEGIN SOLUTION
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    number = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    total = 0.0
    for b in range(bins):
        inside = number == b
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Three answers with the confidences 0.9, 0.8 and 0.6, of which the first and the last are right, all in the upper of two bins: |2/3 - 2.3/3| = 0.1. The gap is that of the bin's means, not the mean of
  the single gaps. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_calibration_by_hand(expected_calibration_error, np):
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    assert abs(expected_calibration_error(p, np.array([0, 0, 1]), bins=2) - 0.1) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Certain answers (confidence exactly 1) that are all wrong have the error 1; they belong to the last bin. Confidences above (b-1)/B up to and including b/B are in bin b. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_certain_and_wrong(expected_calibration_error, np):
    assert abs(expected_calibration_error(np.eye(3), np.array([1, 2, 0]), bins=10) - 1) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On a random forecast the number is off. Weight each bin with its share of the answers, leave empty bins out, and use the confidence of the answer, not the probability of the true class.
  Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_calibration_of_a_forecast(expected_calibration_error, np):
    from coursework.secret import generator
    from softmax_lib import expected_calibration_error as reference

    rng = generator("hw05.q4.forecast")
    p = rng.dirichlet(np.full(5, 0.4), size=700)
    labels = np.argmax(np.log(p**0.5 + 1e-12) + rng.gumbel(size=p.shape), axis=1)
    for bins in (4, 15, 40):
        assert abs(expected_calibration_error(p, labels, bins) - reference(p, labels, bins)) < 1e-10, bins


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Confidences that lie exactly on an edge went into the wrong bin: up to *and including* b/B is bin b. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_confidence_on_an_edge(expected_calibration_error, np):
    from coursework.secret import generator

    rng = generator("hw05.q4.edge")
    confidence = rng.choice([0.5, 0.75, 0.625, 0.875, 0.7, 0.8], size=40)
    confidence[:6] = [0.5, 0.75, 0.625, 0.875, 0.7, 0.8]
    p = np.column_stack([confidence, 1 - confidence])
    labels = np.where(np.isin(p[:, 0], [0.75, 0.875, 0.8]), 0, 1)
    bins = {0.5: 4, 0.75: 6, 0.625: 5, 0.875: 7, 0.7: 6, 0.8: 7}  # of eight
    gaps = {}
    for value, label in zip(p[:, 0], labels, strict=True):
        b = bins[float(value)]
        gaps[b] = gaps.get(b, 0.0) + (label == 0) - value
    expected = sum(abs(gap) for gap in gaps.values()) / 40
    assert abs(expected_calibration_error(p, labels, bins=8) - expected) < 1e-10


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: the network against the truth.** Nobody knows the true probabilities of garments. For this board you do (homework 4): the best forecast that can exist is the posterior of Bayes' rule, and it is calibrated by construction. How honest are the
# two, and what does the ECE of a perfect forecaster look like on 4000 samples?

# %%
trust = np.log(0.75 / 0.25)
ideal_logits = X_new @ (trust * (2 * GLYPHS.T - 1)) - trust * GLYPHS.sum(axis=1)
ideal = np.exp(ideal_logits - ideal_logits.max(axis=1, keepdims=True))
ideal /= ideal.sum(axis=1, keepdims=True)
for name, p in (("Bayes", ideal), ("network", probabilities)):
    accuracy = np.mean(p.argmax(axis=1) == y_new)
    log_loss = -np.mean(np.log(p[np.arange(4000), y_new]))
    error = expected_calibration_error(p, y_new)
    print(
        f"{name:8} right {accuracy:.3f}, confidence {p.max(axis=1).mean():.3f}, ECE {error:.3f}, log-loss {log_loss:.3f}"
    )

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ## Question 5 · One number
#
# Write `fit_temperature(logits, labels)`, which returns the temperature $T>0$ that minimizes the mean cross-entropy of the logits $z/T$. The tests want six digits, whatever the scale of the logits, which may be thousands. The loss is convex in
# $\beta=1/T$, with the slope
#
# $$\frac{dJ}{d\beta}=\frac1N\sum_i\bigl(\langle\sigma(\beta z_i),z_i\rangle-z_{i,y_i}\bigr),$$
#
# which grows with $\beta$: find where it changes its sign. (In the tests there is such a place: some answers are wrong, and the logits know something.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def fit_temperature(logits, labels):
    """The temperature that minimizes the mean cross-entropy of logits / T."""
    # BEGIN SOLUTION
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=1, keepdims=True)
    own = z[np.arange(len(z)), labels]

    def slope(beta):
        p = np.exp(beta * z)
        p /= p.sum(axis=1, keepdims=True)
        return np.mean(np.sum(p * z, axis=1) - own)

    low = high = 1 / np.abs(z).mean()
    while slope(low) > 0:
        low /= 2
    while slope(high) < 0:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float(2 / (low + high))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Four answers with the logits (4, 0), three of them right: the odds should be 3 to 1, so 4 / T = log 3 and T = 3.641. Is the result T, or 1/T? Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_temperature_by_hand(fit_temperature, np):
    T = fit_temperature(np.array([[4.0, 0.0]] * 4), np.array([0, 0, 0, 1]))
    assert abs(T - 4 / np.log(3)) < 1e-4, T


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A timid model: logits (1, 0), nine of ten right. The temperature is below 1, here 1 / log 9 = 0.455; a search that starts at 1 and only goes up does not find it. Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_temperature_of_a_timid_model(fit_temperature, np):
    T = fit_temperature(np.array([[1.0, 0.0]] * 10), np.array([0] * 9 + [1]))
    assert abs(T - 1 / np.log(9)) < 1e-4, T


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  On random logits the temperature is not that of the smallest cross-entropy, or has fewer than five digits. A coarse grid, another loss (ECE, Brier, accuracy) and an average over T all give something near it.
  Reread chapter 6, 'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_temperature_of_random_logits(fit_temperature, np):
    from coursework.secret import generator
    from softmax_lib import TemperatureScaler

    rng = generator("hw05.q5.random")
    for factor in (0.4, 1.0, 2.5):
        z = rng.normal(scale=2, size=(400, 6))
        labels = np.argmax(z + rng.gumbel(size=z.shape), axis=1)
        expected = TemperatureScaler().fit(factor * z, labels).temperature_
        assert abs(fit_temperature(factor * z, labels) / expected - 1) < 1e-5, (factor, expected)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With logits a thousand times larger (or smaller) T must be a thousand times larger (or smaller), without overflow. A bracket such as 0.05 to 20 is too narrow: start from the size of the logits. Reread chapter 6,
  'Is 0.9 really 90 %?'.
"""  # END TEST CONFIG


def test_hidden_temperature_of_any_size(fit_temperature, np):
    from coursework.secret import generator
    from softmax_lib import TemperatureScaler

    rng = generator("hw05.q5.size")
    z = rng.normal(scale=2, size=(300, 4))
    labels = np.argmax(z + rng.gumbel(size=z.shape), axis=1)
    expected = TemperatureScaler().fit(z, labels).temperature_
    for scale in (1e-3, 1e4):
        got = fit_temperature(scale * z, labels)
        assert abs(got / (scale * expected) - 1) < 1e-5, (scale, got)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Adding a constant to all logits of a sample changes no probability at any temperature, so it must not change T; and your function must not change its input. Subtract the row's maximum from a copy.
  Reread chapter 3, 'What softmax keeps and what it forgets'.
"""  # END TEST CONFIG


def test_hidden_temperature_of_shifted_rows(fit_temperature, np):
    from coursework.secret import generator
    from softmax_lib import TemperatureScaler

    rng = generator("hw05.q5.shift")
    z = rng.normal(scale=3, size=(200, 5))
    labels = np.argmax(z / 2 + rng.gumbel(size=z.shape), axis=1)
    expected = TemperatureScaler().fit(z, labels).temperature_
    moved = z + rng.uniform(-9000, 9000, size=(200, 1))
    before = moved.copy()
    assert abs(fit_temperature(moved, labels) / expected - 1) < 1e-5
    assert np.array_equal(moved, before)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: the repair.** The temperature is fitted on 500 photographs that the network has not seen, and tried on the 4000 new ones.

# %%
hidden = np.maximum(X_validation @ network["W1"] + network["b1"], 0)
T = fit_temperature(hidden @ network["W2"] + network["b2"], y_validation)
for name, temperature in (("as trained", 1.0), (f"T = {T:.2f}", T)):
    p = serve(network, X_new, temperature)
    accuracy = np.mean(p.argmax(axis=1) == y_new)
    log_loss = -np.mean(np.log(p[np.arange(4000), y_new]))
    error = expected_calibration_error(p, y_new)
    print(
        f"{name:10} right {accuracy:.3f}, confidence {p.max(axis=1).mean():.3f}, ECE {error:.3f}, log-loss {log_loss:.3f}"
    )

# %% [raw]
# # BEGIN QUESTION
# name: q6
# manual: true
# points: 5

# %% [markdown]
# ## Question 6 · It trains, so it is right? (written)
#
# A colleague's network ends in `Dense(10, activation="softmax")`, the loss is `SparseCategoricalCrossentropy(from_logits=True)`. "It trains perfectly on my machine, the accuracy is what you have, and Keras only prints a warning."
#
# 1. On TensorFlow the colleague is right about the training. Why?
# 2. The same file is run on another backend. What is the smallest loss that it can reach for ten classes, and which largest probability does the *loss* then see? Derive both.
# 3. Give two checks, each of a few lines, that would find the fault on any backend, and say why the accuracy is none of them.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. Keras leaves a note on the output of softmax: the logits that it came from. On TensorFlow the loss finds the note, throws the probabilities away and computes from the logits, as it should be.
# 2. Without the note the loss applies softmax to probabilities $p_j\in[0,1]$. For the true class $q_y=\frac{e^{p_y}}{e^{p_y}+\sum_{j\ne y}e^{p_j}}\le\frac{e}{e+9}=0.232$, because $e^{p_y}\le e$ and every other term is at least 1; so the loss is at least $\log(1+9/e)=1.461$.
# 3. Overfit a handful of samples: can the training loss go to 0, or does it stick at 1.461? The gradient at a confidently wrong answer: its norm should be near $\sqrt2$, a double softmax gives nearly 0. (Also: read the warning as an error.) The argmax survives
#    a second softmax, because it keeps the order, so the accuracy notices next to nothing; and a first loss near $\log10$ does not either.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q7
# manual: true
# points: 6

# %% [markdown]
# ## Question 7 · What the temperature repaired, and what not (written)
#
# Use the numbers that your experiments printed.
#
# 1. What did the temperature change, what did it leave, and why must it leave that? Compare the repaired log-loss with that of Bayes' rule: what is the rest of the difference made of?
# 2. The station's manager says: "ECE nearly zero, so the reader is as good as it can be." Answer with a forecast for this board that has an ECE of (nearly) zero and is useless.
# 3. A year later half of the lamps lie twice as often. What happens to accuracy and calibration, does the temperature of today help, and what would you need to repair it?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. It lowered the confidence to about the accuracy, and with it ECE and log-loss; every answer stayed, hence the accuracy: dividing a row by a positive number keeps the order. What is left between the two log-losses is knowledge that the network does not have: 300 noisy
#    photographs do not determine its weights, and one number cannot put it there. (A little may be calibration that one temperature for all answers cannot repair.)
# 2. Always $(\frac1{10},\dots,\frac1{10})$: confidence 0.1, right one time in ten, ECE near 0, log-loss $\log 10=2.30$. Calibration is honesty, not knowledge; a proper score asks for both.
# 3. The accuracy falls. The confidence falls less, because the network takes the lies for evidence, so it becomes overconfident again; today's temperature was fitted on photographs of today and holds for those. New labeled photographs of the board as it is then: a few
#    hundred for a new temperature, more for a new fit.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

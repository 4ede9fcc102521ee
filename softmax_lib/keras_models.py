"""The networks of the book, built, fed and trained with Keras.

The models are those of the article from which this course grew: small, and softmax at the end. The training loop is
Keras' own step, compiled an epoch at a time: on a CPU a batch of such a model takes less than a millisecond, and a loop
that returns to Python for every batch spends most of its time on the way. Importing this module imports Keras (quietly,
see :mod:`softmax_lib.devices`); ``import softmax_lib`` does not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from softmax_lib.devices import load_keras

keras = load_keras()

__all__ = [
    "PixelScaler", "ProgressLine", "TemperatureSoftmax", "attach_softmax", "compile_recipe", "convolutional_classifier", "detach_softmax",
    "digits_classifier", "fashion_classifier", "fit_compiled", "input_gradient", "linear_classifier", "serving_model",
]  # fmt: skip


def digits_classifier(seed: int = 0, *, softmax: bool = True) -> keras.Sequential:
    """The article's model for flat inputs: 64 features → Dense(64, relu) → Dense(10) → Softmax.

    Parameters
    ----------
    seed : int
        Seed of the initial weights; it sets Python's, NumPy's and the backend's generators.
    softmax : bool
        False leaves the last layer out: the model returns logits.

    Returns
    -------
    keras.Sequential
        Maps (N, 64) float inputs to (N, 10) probabilities (or logits). Not compiled.

    Raises
    ------
    ValueError
        If `seed` is not a non-negative integer.

    Examples
    --------
    >>> digits_classifier().count_params()
    4810
    """
    return _classifier(
        seed, (64,), softmax, lambda: [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)]
    )


def fashion_classifier(seed: int = 0, *, softmax: bool = True) -> keras.Sequential:
    """The article's model for images: Flatten(28 × 28) → Dense(128, relu) → Dense(10) → Softmax.

    Parameters
    ----------
    seed : int
        Seed of the initial weights; it sets Python's, NumPy's and the backend's generators.
    softmax : bool
        False leaves the last layer out: the model returns logits.

    Returns
    -------
    keras.Sequential
        Maps (N, 28, 28) float images to (N, 10) probabilities (or logits). Not compiled.

    Raises
    ------
    ValueError
        If `seed` is not a non-negative integer.

    Examples
    --------
    >>> fashion_classifier().count_params()  # 784 · 128 + 128 + 128 · 10 + 10
    101770
    """
    return _classifier(
        seed,
        (28, 28),
        softmax,
        lambda: [keras.layers.Flatten(), keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)],
    )


def linear_classifier(seed: int = 0, *, softmax: bool = True) -> keras.Sequential:
    """No hidden layer at all: Flatten(28 × 28) → Dense(10) → Softmax, the softmax regression of chapter 8.

    Parameters
    ----------
    seed : int
        Seed of the initial weights; it sets Python's, NumPy's and the backend's generators.
    softmax : bool
        False leaves the last layer out: the model returns logits.

    Returns
    -------
    keras.Sequential
        Maps (N, 28, 28) float images to (N, 10) probabilities (or logits). Not compiled.

    Raises
    ------
    ValueError
        If `seed` is not a non-negative integer.

    Examples
    --------
    >>> linear_classifier().count_params()
    7850
    """
    return _classifier(seed, (28, 28), softmax, lambda: [keras.layers.Flatten(), keras.layers.Dense(10)])


def convolutional_classifier(seed: int = 0, *, softmax: bool = True) -> keras.Sequential:
    """A small convolutional network that ends as all others here: Dense(10) → Softmax.

    Parameters
    ----------
    seed : int
        Seed of the initial weights; it sets Python's, NumPy's and the backend's generators.
    softmax : bool
        False leaves the last layer out: the model returns logits.

    Returns
    -------
    keras.Sequential
        Maps (N, 28, 28) float images to (N, 10) probabilities (or logits). Not compiled.

    Raises
    ------
    ValueError
        If `seed` is not a non-negative integer.

    Notes
    -----
    Its convolutions move by two pixels instead of one and need no pooling, which keeps an epoch on a CPU at seconds.

    Examples
    --------
    >>> convolutional_classifier().output_shape
    (None, 10)
    """
    return _classifier(
        seed,
        (28, 28),
        softmax,
        lambda: [
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10),
        ],
    )


def _classifier(seed: int, shape: tuple[int, ...], softmax: bool, layers) -> keras.Sequential:
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed must be a non-negative integer, so that a run can be repeated; got {seed!r}.")
    keras.utils.set_random_seed(int(seed))
    ending = [keras.layers.Softmax()] if softmax else []
    return keras.Sequential([keras.layers.Input(shape), *layers(), *ending])


def detach_softmax(model: keras.Sequential) -> keras.Sequential:
    """The same layers without the final Softmax: a model that returns logits and shares every weight.

    Parameters
    ----------
    model : keras.Sequential
        A model whose last layer is ``keras.layers.Softmax``.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ValueError
        If the last layer is not a Softmax layer (the model may return logits already).

    Examples
    --------
    >>> type(detach_softmax(fashion_classifier()).layers[-1]).__name__
    'Dense'
    """
    last = model.layers[-1]
    if not isinstance(last, keras.layers.Softmax):
        raise ValueError(
            f"detach_softmax needs a model that ends in keras.layers.Softmax; this one ends in {type(last).__name__} "
            f"({last.name!r})."
        )
    return keras.Sequential([keras.layers.Input(model.input_shape[1:]), *model.layers[:-1]])


def attach_softmax(model: keras.Sequential) -> keras.Sequential:
    """The same layers with a Softmax at the end: train on logits, serve probabilities.

    Parameters
    ----------
    model : keras.Sequential
        A model that returns logits.

    Returns
    -------
    keras.Sequential
        Shares every weight with `model`.

    Raises
    ------
    ValueError
        If the model already ends in a Softmax layer: two in a row flatten the probabilities.

    Examples
    --------
    >>> type(attach_softmax(fashion_classifier(softmax=False)).layers[-1]).__name__
    'Softmax'
    """
    if isinstance(model.layers[-1], keras.layers.Softmax):
        raise ValueError("attach_softmax needs logits; this model already ends in a Softmax.")
    return keras.Sequential([keras.layers.Input(model.input_shape[1:]), *model.layers, keras.layers.Softmax()])


@dataclass(frozen=True, eq=False)
class PixelScaler:
    """Square roots of the pixels, each pixel standardized with the statistics of the training images.

    Attributes
    ----------
    mean : ndarray of float32, shape (height, width)
        Mean of every pixel over the square-rooted training images.
    deviation : ndarray of float32, shape (height, width)
        Standard deviation of every pixel over them.
    top : float
        Largest possible gray level.

    Notes
    -----
    The square root spreads the dark gray levels, where fabric has its texture. The deviation is bounded below by
    0.05, so that a pixel at the rim that is almost always background does not turn one speck into a huge number.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(500, 28, 28))
    >>> scaled = PixelScaler.fit(images)(images)
    >>> scaled.dtype, bool(abs(scaled.mean()) < 1e-6)
    (dtype('float32'), True)
    """

    mean: np.ndarray
    deviation: np.ndarray
    top: float = 255.0

    _LEAST_DEVIATION = 0.05

    @classmethod
    def fit(cls, images: np.ndarray, top: float = 255.0) -> PixelScaler:
        """Learn mean and deviation of every pixel from training images of shape (N, height, width) in 0 … `top`.

        Raises
        ------
        ValueError
            If `images` has no three axes, is empty, or leaves the range 0 … `top`.
        """
        roots = cls._roots(images, top)
        if not len(roots):
            raise ValueError("PixelScaler.fit needs at least one image; got none.")
        deviation = np.maximum(roots.std(axis=0, dtype=np.float64), cls._LEAST_DEVIATION)
        return cls(roots.mean(axis=0, dtype=np.float64).astype(np.float32), deviation.astype(np.float32), float(top))

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Scale images of shape (N, height, width) with gray levels 0 … `top`; returns float32.

        Raises
        ------
        ValueError
            If the images have another size than those of :meth:`fit`, or leave the range 0 … `top`.
        """
        roots = self._roots(images, self.top)
        if roots.shape[1:] != self.mean.shape:
            raise ValueError(f"this PixelScaler was fitted on images of {self.mean.shape}; got {roots.shape[1:]}.")
        roots -= self.mean
        roots /= self.deviation
        return roots

    @staticmethod
    def _roots(images: np.ndarray, top: float) -> np.ndarray:
        images = np.asarray(images)
        if images.ndim != 3:
            raise ValueError(f"PixelScaler takes images of shape (N, height, width); got an array of {images.shape}.")
        if images.size and not (images.min() >= 0 and images.max() <= top):
            raise ValueError(
                f"PixelScaler takes gray levels from 0 to {top:g}; got {images.min():g} to {images.max():g}. "
                "Pass the images before any other scaling."
            )
        if images.dtype == np.uint8 and top == 255:  # 256 roots instead of one a pixel
            return np.sqrt(np.arange(256) / 255).astype(np.float32)[images]
        return np.sqrt(images / top).astype(np.float32)


def serving_model(model: keras.Model, scaler: PixelScaler) -> keras.Model:
    """One model from raw gray levels to the output of `model`, its preprocessing inside.

    The file that ``.save`` writes then needs nothing but Keras: whoever loads it cannot scale the pixels wrongly.

    Parameters
    ----------
    model : keras.Model
        Takes images scaled by `scaler`.
    scaler : PixelScaler

    Returns
    -------
    keras.Model
        Takes (N, height, width) gray levels 0 … ``scaler.top``. Shares its weights with `model`.

    Raises
    ------
    ValueError
        If the scaler was fitted on images of another size than the model takes.

    Examples
    --------
    >>> scaler = PixelScaler.fit(np.random.default_rng(0).integers(0, 256, size=(500, 28, 28)))
    >>> serving_model(fashion_classifier(), scaler).input_shape
    (None, 28, 28)
    """
    shape = tuple(model.input_shape[1:])
    if shape != scaler.mean.shape:
        raise ValueError(f"the model takes images of {shape}, the scaler was fitted on {scaler.mean.shape}.")
    pixels = keras.Input(shape, name="pixels")
    roots = keras.ops.sqrt(keras.layers.Rescaling(1 / scaler.top)(pixels))
    standardize = keras.layers.Normalization(
        axis=(1, 2), mean=scaler.mean, variance=np.square(scaler.deviation, dtype=np.float64)
    )
    return keras.Model(pixels, model(standardize(roots)), name="serving")


def compile_recipe(
    model: keras.Model,
    *,
    steps: int,
    learning_rate: float = 3e-3,
    weight_decay: float = 0.4,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> None:
    """Compile a classifier with the book's recipe: AdamW, its rate falling along a cosine to zero.

    Parameters
    ----------
    model : keras.Model
        Classifier with K outputs; compiled in place.
    steps : int
        Number of optimizer steps of the whole training, over which the rate falls to zero: epochs × batches.
    learning_rate : float
        Rate of the first step.
    weight_decay : float
        Each step shrinks all weights by rate × decay, beside the step along the gradient.
    from_logits : bool
        True if the model returns logits.
    label_smoothing : float
        Share of the target spread over all classes, at least 0 and less than 1; labels must then be one-hot.

    Raises
    ------
    ValueError
        If `steps` is not positive.

    Notes
    -----
    Decoupled weight decay: Loshchilov & Hutter (2019), ICLR; the cosine: the same authors (2017), ICLR.

    Examples
    --------
    >>> model = fashion_classifier()
    >>> compile_recipe(model, steps=20 * 234)
    >>> type(model.optimizer).__name__
    'AdamW'
    """
    if steps < 1:
        raise ValueError(f"compile_recipe needs the number of steps of the whole training, at least 1; got {steps}.")
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(learning_rate, steps), weight_decay=weight_decay
    )
    if label_smoothing:
        loss = keras.losses.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=label_smoothing)
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    # XLA fuses the small steps of a dense network; its convolutions on a CPU are slower than TensorFlow's own.
    convolves = any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
    slower = convolves and keras.backend.backend() == "tensorflow"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False if slower else "auto")


def fit_compiled(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    epochs: int,
    batch_size: int = 256,
    seed: int = 0,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.callbacks.History:
    """``model.fit`` with a whole epoch compiled into one call: the same steps, a fraction of the time.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    images : array of shape (N, ...)
    labels : array of int, shape (N,)
        Or one-hot of shape (N, K), as the model's loss wants them.
    epochs : int
        Passes over the training images; a callback may stop earlier.
    batch_size : int
        Images a step.
    seed : int
        Seed of the shuffling; the same seed visits the images in the same order.
    validation_data : (images, labels), optional
        Evaluated after every epoch; adds ``val_loss`` and the like to the history.
    callbacks : sequence of keras.callbacks.Callback
        Called at the beginning and the end of the training and of every epoch, not of every batch.

    Returns
    -------
    keras.callbacks.History
        As from ``fit``: lists of floats by name in ``.history``.

    Raises
    ------
    ValueError
        If the model is not compiled, images and labels differ in number, or there is not one full batch.

    Notes
    -----
    Every epoch shuffles anew and leaves out the last N mod `batch_size` images of its order. The fast path is
    TensorFlow with one device; elsewhere this is ``model.fit`` with the same arguments.

    Examples
    --------
    >>> images = np.random.default_rng(0).normal(size=(512, 28, 28)).astype("float32")
    >>> model = linear_classifier()
    >>> compile_recipe(model, steps=4)
    >>> history = fit_compiled(model, images, np.zeros(512, int), epochs=2)
    >>> len(history.history["loss"]), history.history["loss"][1] < history.history["loss"][0]
    (2, True)
    """
    if not model.compiled:
        raise ValueError("fit_compiled needs a compiled model: call model.compile or compile_recipe first.")
    if len(images) != len(labels):
        raise ValueError(f"images and labels must be equally many; got {len(images)} images and {len(labels)} labels.")
    if not 1 <= batch_size <= len(images):
        raise ValueError(f"batch_size must lie between 1 and the number of images, {len(images)}; got {batch_size}.")
    if keras.backend.backend() != "tensorflow" or _replicas(model) > 1:
        keras.utils.set_random_seed(seed)
        return model.fit(
            images, labels, batch_size=batch_size, epochs=epochs, validation_data=validation_data,
            callbacks=list(callbacks), verbose=0,
        )  # fmt: skip
    run_epoch = _compiled_epoch(model, images, labels, batch_size)
    shuffle = np.random.default_rng(seed)
    called = keras.callbacks.CallbackList(
        list(callbacks), add_history=True, model=model, epochs=epochs, steps=len(images) // batch_size, verbose=0
    )
    model.stop_training = False
    called.on_train_begin()
    for epoch in range(epochs):
        called.on_epoch_begin(epoch)
        logs = run_epoch(shuffle.permutation(len(images)))
        if validation_data is not None:
            checked = model.evaluate(*validation_data, batch_size=1000, verbose=0, return_dict=True)
            logs |= {f"val_{name}": value for name, value in checked.items()}
        called.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    called.on_train_end(logs)
    return model.history


def _compiled_epoch(model: keras.Model, images: np.ndarray, labels: np.ndarray, batch_size: int):
    """A function that trains for one epoch in a given order and returns the epoch's mean loss and metrics."""
    import tensorflow as tf

    images, labels = tf.constant(images), tf.constant(labels)
    steps = len(images) // batch_size

    @tf.function(jit_compile=bool(model.jit_compile))  # one fused kernel a step instead of some forty small ones
    def step(batch_images, batch_labels):
        model.train_step((batch_images, batch_labels))

    @tf.function
    def epoch(order):
        for number in tf.range(steps):
            chosen = order[number * batch_size : (number + 1) * batch_size]
            step(tf.gather(images, chosen), tf.gather(labels, chosen))

    def run(order: np.ndarray) -> dict[str, float]:
        model.reset_metrics()
        epoch(tf.constant(order, tf.int32))
        return {name: float(value) for name, value in model.get_metrics_result().items()}

    # Slots of the optimizer and variables of the metrics must exist before a graph may use them.
    model.optimizer.build(model.trainable_variables)
    return run


def _replicas(model: keras.Model) -> int:
    strategy = getattr(model, "distribute_strategy", None)
    return 1 if strategy is None else strategy.num_replicas_in_sync


def input_gradient(function: Callable[[Any], Any], inputs: np.ndarray) -> np.ndarray:
    """The gradient of a number with respect to the inputs it is computed from, on whichever backend Keras runs.

    Parameters
    ----------
    function : callable
        Takes `inputs` as a tensor and returns one number as a tensor: a sum of outputs of a model, a loss. What it
        does beside calling models and losses, it does with ``keras.ops``.
    inputs : array of float

    Returns
    -------
    ndarray
        Of the shape and the dtype of `inputs`. (JAX computes in float32, unless it is told otherwise.)

    Raises
    ------
    TypeError
        If `inputs` are not floating-point numbers: nothing can be differentiated with respect to an integer.

    Notes
    -----
    TensorFlow's ``GradientTape``, JAX' ``grad`` or PyTorch's ``autograd``. The rows of a batch do not meet in a model
    without batch normalization, so the gradient of the sum over the batch holds the gradient of every image.

    Examples
    --------
    >>> input_gradient(lambda x: keras.ops.sum(x**2), np.array([1.0, -3.0]))
    array([ 2., -6.])
    """
    inputs = np.asarray(inputs)
    if not np.issubdtype(inputs.dtype, np.floating):
        raise TypeError(
            f"input_gradient needs floating-point inputs; got {inputs.dtype}: convert with np.float32(...)."
        )
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensor = tf.convert_to_tensor(inputs)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            number = function(tensor)
        gradient = tape.gradient(number, tensor, unconnected_gradients="zero")
    elif backend == "jax":
        import jax

        gradient = jax.grad(function)(jax.numpy.asarray(inputs))
    else:
        import torch

        tensor = keras.ops.convert_to_tensor(inputs).detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(function(tensor), tensor)
    return keras.ops.convert_to_numpy(gradient).astype(inputs.dtype, copy=False)


class ProgressLine(keras.callbacks.Callback):
    """One line that tells how the training goes, rewritten after every epoch.

    In a notebook the line is one plain-text output that is updated in place, and its last state stays on the page; in
    a terminal it is rewritten; in a log file only the last state is written. Nothing goes to the error stream.

    Parameters
    ----------
    title : str
        What is being trained; the line begins with it.

    Examples
    --------
    >>> images = np.zeros((256, 28, 28), "float32")
    >>> model = linear_classifier()
    >>> compile_recipe(model, steps=1)
    >>> _ = fit_compiled(model, images, np.zeros(256, int), epochs=1, callbacks=[ProgressLine("linear")])
    linear: 1 epoch in ... s · loss 2.303, accuracy ...
    """

    def __init__(self, title: str = "training"):
        super().__init__()
        self.title = title
        self._shown = None

    def on_train_begin(self, logs=None):
        self._began = time.perf_counter()
        self._epochs = 0
        self._last = {}
        self._show(f"{self.title}: compiling the first epoch …")

    def on_epoch_end(self, epoch, logs=None):
        self._epochs = epoch + 1
        self._last = dict(logs or {})
        done, total = self._epochs, self.params["epochs"]
        seconds = time.perf_counter() - self._began
        self._show(f"{self.title}: epoch {done} of {total} · {self._scores()} · {seconds / done:.1f} s an epoch")

    def on_train_end(self, logs=None):
        seconds = time.perf_counter() - self._began
        plural = "epoch" if self._epochs == 1 else "epochs"
        self._show(f"{self.title}: {self._epochs} {plural} in {seconds:.1f} s · {self._scores()}", last=True)

    def _scores(self) -> str:
        """Loss and accuracy: on the validation images if there are any, since those are the ones to watch."""
        kind = "val_" if "val_loss" in self._last else ""
        scores = [f"{name} {self._last[kind + name]:.3f}" for name in ("loss", "accuracy") if kind + name in self._last]
        return ("validation " if kind else "") + ", ".join(scores)

    def _show(self, line: str, last: bool = False) -> None:
        if _in_notebook():
            from IPython.display import display

            content = {"text/plain": line}
            if self._shown is None:
                self._shown = display(content, raw=True, display_id=True)
            else:
                self._shown.update(content, raw=True)
        elif sys.stdout.isatty():
            print(f"\r\033[K{line}", end="\n" if last else "", flush=True)
        elif last:
            print(line)


@keras.saving.register_keras_serializable(package="softmax_lib")
class TemperatureSoftmax(keras.layers.Layer):
    """Softmax with a temperature and a mask, stable, on every backend of Keras.

    Parameters
    ----------
    axis : int or sequence of int
        The axis, or axes, along which the result sums to 1; never the batch axis of a classifier.
    temperature : float
        The scores are divided by it; positive and finite.
    **keywords
        Passed to ``keras.layers.Layer`` (``name``, ``dtype``).

    Raises
    ------
    ValueError
        If `temperature` is not positive and finite.

    Notes
    -----
    ``layer(scores, mask=mask)``: a mask that broadcasts against the scores says which entries count; the others are
    exactly 0, and so is a row with nothing left, as in ``softmax_lib.softmax(z, where=mask)``. The rows are shifted by
    their largest entry that counts, so that no finite score over- or underflows to NaN, in the value and in the
    gradient. Half precision is computed in float32. The layer saves and loads with the model that holds it.

    Examples
    --------
    >>> layer = TemperatureSoftmax(temperature=2.0)
    >>> probabilities = layer(np.array([[2.0, 0.0, 1000.0]]), mask=np.array([[True, True, False]]))
    >>> np.asarray(probabilities, dtype=float).round(4).tolist()
    [[0.7311, 0.2689, 0.0]]
    """

    def __init__(self, axis: int | Sequence[int] = -1, temperature: float = 1.0, **keywords):
        super().__init__(**keywords)
        if not 0 < temperature < float("inf"):
            raise ValueError(f"temperature must be positive and finite; got {temperature!r}.")
        self.axis = axis if isinstance(axis, int) else tuple(axis)
        self.temperature = float(temperature)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        ops = keras.ops
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        scores = ops.cast(inputs, "float32") if dtype in ("float16", "bfloat16") else inputs
        scores = scores / self.temperature
        counts = ops.ones_like(scores, dtype="bool") if mask is None else ops.cast(mask, "bool")
        counts = ops.logical_and(counts, ops.ones_like(scores, dtype="bool"))  # broadcast
        lowest = float(np.finfo(keras.backend.standardize_dtype(scores.dtype)).min)
        top = ops.max(ops.where(counts, scores, lowest), axis=self.axis, keepdims=True)
        # The mask comes before exp: an entry that does not count must not overflow, in the gradient either.
        shares = ops.exp(ops.where(counts, scores - ops.stop_gradient(top), 0.0)) * ops.cast(counts, scores.dtype)
        total = ops.sum(shares, axis=self.axis, keepdims=True)
        return ops.cast(shares / ops.where(total > 0, total, 1.0), dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return super().get_config() | {"axis": self.axis, "temperature": self.temperature}


def _in_notebook() -> bool:
    """True inside a Jupyter kernel, whose display can be updated."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")

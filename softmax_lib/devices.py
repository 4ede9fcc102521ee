"""What the training of this book runs on: a CPU, one GPU, or several; found once, said in one line, without log noise.

Keras runs on TensorFlow, JAX or PyTorch. The functions here import it quietly (TensorFlow writes to the process's
error stream before any setting of its own applies), find the accelerators of whichever backend is there, and hide how
each backend spreads one batch over several of them. ``import softmax_lib`` does not import this module.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType

__all__ = ["Devices", "data_parallel", "describe", "find_devices", "load_keras"]

BACKENDS = ("tensorflow", "jax", "torch")
_SPLITTING = ("tensorflow", "jax")  # Keras spreads a batch over several devices on these
_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@dataclass(frozen=True)
class Devices:
    """What :func:`find_devices` found.

    Attributes
    ----------
    backend : str
        Keras' backend: ``"tensorflow"``, ``"jax"``, ``"torch"`` or ``"numpy"``.
    kind : str
        ``"CPU"``, ``"GPU"`` or ``"TPU"``.
    names : tuple of str
        One entry a device of that kind, as the backend addresses it (``"GPU:0"``).
    models : tuple of str
        What each device is, as its driver says it; empty strings where nothing is known.
    cores : int
        CPU cores that this process may use.
    """

    backend: str
    kind: str
    names: tuple[str, ...]
    models: tuple[str, ...]
    cores: int

    def __str__(self) -> str:
        return describe(self)


def load_keras() -> ModuleType:
    """Import Keras and its backend without a word on the error stream, and return it.

    The backend is the one that ``KERAS_BACKEND`` names; without it TensorFlow, else JAX, else PyTorch, whichever is
    installed.

    Returns
    -------
    module
        ``keras``.

    Raises
    ------
    ImportError
        If Keras or all of its backends are missing; the message says what to install.

    Examples
    --------
    >>> load_keras().__name__
    'keras'
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    installed = [name for name in BACKENDS if find_spec(name)]
    if find_spec("keras") is None or not installed:
        raise ImportError(
            "This part of the book trains networks and needs Keras with one of its backends. "
            "Install both with `pip install tensorflow` (it brings Keras), or `pip install keras jax`."
        )
    if "tensorflow" not in installed:  # Keras would look for TensorFlow first and fail
        os.environ.setdefault("KERAS_BACKEND", installed[0])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only, once TensorFlow reads it
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # JAX: take GPU memory as it is needed
    with _silent_error_stream():
        keras = importlib.import_module("keras")
        if "tensorflow" in installed:  # Keras reads data with it on every backend, and would import it later, aloud
            tensorflow = importlib.import_module("tensorflow")
            if keras.backend.backend() != "tensorflow":  # else its first operation takes the GPU from the backend
                with suppress(RuntimeError):  # somebody's TensorFlow already computes
                    tensorflow.config.set_visible_devices([], "GPU")
        _accelerators(keras.backend.backend())  # the first question starts the drivers, which write as well
    if keras.backend.backend() == "tensorflow":
        # Python's half of the log: advice on performance ("triggered tf.function retracing") that is no reader's concern.
        sys.modules["tensorflow"].get_logger().setLevel("ERROR")
    return keras


def find_devices() -> Devices:
    """Find what Keras' backend can compute on, and let GPUs take memory as they need it.

    Returns
    -------
    Devices
        All GPUs (or TPUs) when there are any, the CPU otherwise.

    Raises
    ------
    ImportError
        If Keras or its backend is missing.

    Notes
    -----
    TensorFlow reserves all memory of a GPU by default; here it grows on demand, so that two notebooks can share one.
    Where TensorFlow has already started its GPUs, they keep the setting they started with.

    Examples
    --------
    >>> find_devices().kind in ("CPU", "GPU", "TPU")
    True
    """
    backend = load_keras().backend.backend()
    found = _accelerators(backend)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not found:
        return Devices(backend, "CPU", ("CPU:0",), ("",), cores)
    kinds = [name.split(":")[0] for name, _ in found]
    names, models = zip(*found, strict=True)
    return Devices(backend, kinds[0], names, models, cores)


def describe(devices: Devices | None = None) -> str:
    """One line that says what the training will run on.

    Parameters
    ----------
    devices : Devices, optional
        Default: what :func:`find_devices` finds.

    Returns
    -------
    str

    Raises
    ------
    ImportError
        If `devices` is not given and Keras is missing.

    Examples
    --------
    >>> describe(Devices("jax", "GPU", ("GPU:0", "GPU:1"), ("A100", "A100"), 16)).split(" on ")[1]
    '2 GPUs: A100, A100 (data_parallel splits each batch among them)'
    """
    devices = find_devices() if devices is None else devices
    software = (
        f"{_TITLES.get(devices.backend, devices.backend)}{_version(devices.backend)} and Keras{_version('keras')}"
    )
    if devices.kind == "CPU":
        plural = "core" if devices.cores == 1 else "cores"
        return f"{software} on the CPU ({devices.cores} {plural}); no GPU is needed"
    models = ", ".join(model or name for name, model in zip(devices.names, devices.models, strict=True))
    count = len(devices.names)
    splits = devices.backend in _SPLITTING
    several = " (data_parallel splits each batch among them)" if splits else " (Keras trains on the first)"
    several = several if count > 1 else ""
    return f"{software} on {count} {devices.kind}{'s' if count > 1 else ''}: {models}{several}"


@contextmanager
def data_parallel(names: Sequence[str] | None = None) -> Iterator[int]:
    """A ``with`` block in which models are built so that every batch is split among all devices.

    Each device holds a copy of the model and computes the gradient of its share of the batch; the copies average
    their gradients before every step, so the arithmetic is that of one device with the whole batch. With one device,
    or on a backend where Keras cannot split a batch by itself (PyTorch), the block changes nothing.

    Parameters
    ----------
    names : sequence of str, optional
        Devices as :func:`find_devices` names them; default: all of them.

    Yields
    ------
    int
        The number of copies. Multiply the batch size by it to keep every device as busy as one was.

    Raises
    ------
    ImportError
        If Keras is missing.
    ValueError
        If `names` is empty.

    Notes
    -----
    Build and compile the model inside the block; ``fit`` may be called outside.
    TensorFlow: ``tf.distribute.MirroredStrategy``; JAX: ``keras.distribution.DataParallel``.

    Examples
    --------
    >>> with data_parallel(["CPU:0"]) as copies:
    ...     print(copies)
    1
    """
    found = find_devices()
    names = found.names if names is None else tuple(names)
    if not names:
        raise ValueError("data_parallel needs at least one device name; leave `names` out to use all devices.")
    if len(names) == 1 or found.backend not in _SPLITTING:
        yield 1
    elif found.backend == "tensorflow":
        import tensorflow as tf

        # NCCL joins GPUs; plain copies serve every other kind (two virtual CPUs in the tests, say).
        join = tf.distribute.NcclAllReduce() if found.kind == "GPU" else tf.distribute.ReductionToOneDevice()
        with tf.distribute.MirroredStrategy(list(names), cross_device_ops=join).scope():
            yield len(names)
    else:
        keras = load_keras()
        split = keras.distribution.DataParallel(devices=[name.lower() for name in names])
        before = keras.distribution.distribution()
        keras.distribution.set_distribution(split)
        try:
            yield len(names)
        finally:
            keras.distribution.set_distribution(before)


def _accelerators(backend: str) -> list[tuple[str, str]]:
    """(name, model) of every accelerator that a backend sees, best kind first."""
    if backend == "tensorflow":
        import tensorflow as tf

        found = []
        for index, gpu in enumerate(tf.config.list_physical_devices("GPU")):
            with suppress(RuntimeError):  # it already computes: the setting it started with stays
                tf.config.experimental.set_memory_growth(gpu, True)
            found.append((f"GPU:{index}", tf.config.experimental.get_device_details(gpu).get("device_name", "")))
        return found
    if backend == "jax":
        import jax

        devices = [device for device in jax.devices() if device.platform != "cpu"]
        return [(f"{_jax_kind(device)}:{device.id}", device.device_kind) for device in devices]
    if backend == "torch":
        import torch

        found = [(f"GPU:{k}", torch.cuda.get_device_name(k)) for k in range(torch.cuda.device_count())]
        if not found and torch.backends.mps.is_available():
            found = [("GPU:0", "Apple GPU")]
        return found
    return []


def _jax_kind(device) -> str:
    return "TPU" if device.platform == "tpu" else "GPU"


def _version(package: str) -> str:
    """`` 2.21`` for an installed package, the empty string for another."""
    try:
        return " " + ".".join(version(package).split(".")[:2])
    except ImportError:  # PackageNotFoundError is one
        return ""


@contextmanager
def _silent_error_stream() -> Iterator[None]:
    """Hold back what libraries written in C++ send to the process's error stream; show it if the block fails.

    Python's ``sys.stderr`` is not enough: those libraries write to file descriptor 2 directly.
    """
    try:
        sys.stderr.flush()
        original = os.dup(2)
    except (OSError, AttributeError, ValueError):  # a program without an error stream has nothing to silence
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(original, held.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)

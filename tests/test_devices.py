"""Devices: found, described in one line, used together; and no library's chatter on the error stream."""

import os
import subprocess
import sys

import numpy as np
import pytest

from softmax_lib import devices
from softmax_lib.devices import Devices, data_parallel, describe, find_devices, load_keras


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run code in a fresh interpreter: what an import writes can be seen only once a process."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_importing_the_library_imports_no_framework():
    done = run(
        "import softmax_lib, sys; print([m for m in ('keras', 'tensorflow', 'jax', 'torch') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_keras_is_imported_without_a_word():
    done = run("from softmax_lib.devices import describe; print(describe())")
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_a_compiled_step_is_silent_too():
    done = run(
        "from softmax_lib.keras_models import *\n"
        "import numpy as np\n"
        "for _ in range(8):\n"  # TensorFlow warns about retracing after five compilations
        "    model = linear_classifier(); compile_recipe(model, steps=1)\n"
        "    fit_compiled(model, np.zeros((256, 28, 28), 'float32'), np.zeros(256, int), epochs=1)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_was_found_is_consistent():
    found = find_devices()
    assert found.backend == load_keras().backend.backend()
    assert found.cores >= 1
    assert len(found.names) == len(found.models) >= 1
    assert all(name.split(":")[0] == found.kind for name in found.names)
    assert str(found) == describe() == describe(found)


@pytest.mark.parametrize(
    ("found", "ending"),
    [
        (
            Devices("tensorflow", "CPU", ("CPU:0",), ("",), 1),
            "on the CPU (1 core); no GPU is needed",
        ),
        (Devices("torch", "GPU", ("GPU:0",), ("NVIDIA L4",), 8), "on 1 GPU: NVIDIA L4"),
        (Devices("tensorflow", "GPU", ("GPU:0",), ("",), 8), "on 1 GPU: GPU:0"),
        (
            Devices("jax", "TPU", ("TPU:0", "TPU:1"), ("v5e", "v5e"), 8),
            "on 2 TPUs: v5e, v5e (data_parallel splits each batch among them)",
        ),
    ],
)
def test_description_of(found, ending):
    line = describe(found)
    assert line.endswith(ending)
    assert "\n" not in line


def test_one_device_needs_no_splitting():
    with data_parallel(["CPU:0"]) as copies:
        assert copies == 1


def test_no_device_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one device"), data_parallel([]):
        pass


def test_missing_keras_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(devices, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install tensorflow"):
        load_keras()


TWO_COPIES = """
import numpy as np
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from softmax_lib.devices import data_parallel
from softmax_lib.keras_models import fashion_classifier, fit_compiled
images = np.random.default_rng(0).normal(size=(256, 28, 28)).astype("float32")
labels = np.arange(256) % 10
def train(names):
    with data_parallel(names) as copies:
        model = fashion_classifier(seed=1)
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = fit_compiled(model, images, labels, epochs=3, batch_size=256)
    return copies, np.concatenate([w.ravel() for w in model.get_weights()]), history.history["loss"]
one, alone, alone_losses = train(["CPU:0"])
two, together, together_losses = train(["CPU:0", "CPU:1"])
print(one, two, np.abs(alone - together).max(), np.abs(np.subtract(alone_losses, together_losses)).max())
"""


@pytest.mark.claim("Chapter 10: splitting a batch over two devices computes what one device computes")
def test_two_copies_compute_what_one_computes():
    if load_keras().backend.backend() != "tensorflow":
        pytest.skip("virtual devices are set up through TensorFlow")
    done = run(TWO_COPIES, TF_CPP_MIN_LOG_LEVEL="2")
    assert done.returncode == 0, done.stderr
    one, two, weights, losses = done.stdout.split()
    assert (one, two) == ("1", "2")
    assert float(weights) < 1e-6  # sums in another order: a few units in the last place of float32
    assert float(losses) < 1e-5


def test_the_error_stream_is_held_back_only_inside(capfd):
    with devices._silent_error_stream():
        os.write(2, b"chatter")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_a_failing_import_shows_what_was_held_back(capfd):
    def fail():
        with devices._silent_error_stream():
            os.write(2, b"the reason")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert capfd.readouterr().err == "the reason"


def test_names_of_versions():
    assert devices._version("numpy") == " " + ".".join(np.__version__.split(".")[:2])
    assert devices._version("no-such-package") == ""

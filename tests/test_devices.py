"""Devices: found, described in one line, used together; and no library's chatter on the error stream."""

import contextlib
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
        (Devices("torch", "GPU", ("GPU:0", "GPU:1"), ("L4", "L4"), 8), "on 2 GPUs: L4, L4 (Keras trains on the first)"),
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


# --- accelerators that this machine may not have, behind the calls that the frameworks document ------------------------


class Pretend:
    """A stand-in for a framework: attributes as given, nothing more."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def pretend_tensorflow(monkeypatch, *, started: bool) -> list:
    """A TensorFlow with two GPUs; returns the list in which the settings of memory growth are noted."""
    asked = []

    def set_memory_growth(gpu, value):
        asked.append((gpu, value))
        if started:
            raise RuntimeError("Physical devices cannot be modified after being initialized")

    config = Pretend(
        list_physical_devices=lambda kind: ["first", "second"] if kind == "GPU" else [],
        experimental=Pretend(
            set_memory_growth=set_memory_growth,
            get_device_details=lambda gpu: {"device_name": "NVIDIA H200"} if gpu == "first" else {},
        ),
    )
    monkeypatch.setitem(sys.modules, "tensorflow", Pretend(config=config))
    return asked


@pytest.mark.parametrize(("backend", "hidden"), [("torch", [([], "GPU")]), ("tensorflow", [])])
def test_tensorflow_leaves_the_gpus_to_another_backend(monkeypatch, backend, hidden):
    asked = []
    config = Pretend(set_visible_devices=lambda *given: asked.append(given))
    logger = Pretend(setLevel=lambda level: None)
    modules = {
        "keras": Pretend(backend=Pretend(backend=lambda: backend)),
        "tensorflow": Pretend(config=config, get_logger=lambda: logger),
    }
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", modules["tensorflow"])
    monkeypatch.setattr(devices, "importlib", Pretend(import_module=modules.__getitem__))
    monkeypatch.setattr(devices, "find_spec", lambda name: True)
    monkeypatch.setattr(devices, "_accelerators", lambda name: [])
    assert load_keras() is modules["keras"]
    assert asked == hidden


@pytest.mark.parametrize("started", [False, True])
def test_gpus_of_tensorflow_grow_their_memory(monkeypatch, started):
    asked = pretend_tensorflow(monkeypatch, started=started)
    assert devices._accelerators("tensorflow") == [("GPU:0", "NVIDIA H200"), ("GPU:1", "")]
    assert asked == [("first", True), ("second", True)]


def test_accelerators_of_jax(monkeypatch):
    found = [Pretend(platform=p, id=k, device_kind=p.upper()) for k, p in enumerate(["cpu", "gpu", "tpu", "rocm"])]
    monkeypatch.setitem(sys.modules, "jax", Pretend(devices=lambda: found))
    assert devices._accelerators("jax") == [("GPU:1", "GPU"), ("TPU:2", "TPU"), ("GPU:3", "ROCM")]


@pytest.mark.parametrize(
    ("cuda", "metal", "expected"),
    [
        (["NVIDIA L4"], False, [("GPU:0", "NVIDIA L4")]),
        ([], True, [("GPU:0", "Apple GPU")]),
        ([], False, []),
    ],
)
def test_accelerators_of_torch(monkeypatch, cuda, metal, expected):
    torch = Pretend(
        cuda=Pretend(device_count=lambda: len(cuda), get_device_name=cuda.__getitem__),
        backends=Pretend(mps=Pretend(is_available=lambda: metal)),
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert devices._accelerators("torch") == expected


def test_other_backends_have_no_accelerator():
    assert devices._accelerators("numpy") == []


def test_what_a_machine_with_gpus_says(monkeypatch):
    monkeypatch.setattr(devices, "_accelerators", lambda backend: [("GPU:0", "A100"), ("GPU:1", "A100")])
    found = find_devices()
    assert (found.kind, found.names, found.models) == ("GPU", ("GPU:0", "GPU:1"), ("A100", "A100"))
    assert describe().endswith("on 2 GPUs: A100, A100 (data_parallel splits each batch among them)")


@pytest.mark.parametrize(("kind", "join"), [("GPU", "NCCL"), ("CPU", "one device")])
def test_tensorflow_joins_gpus_through_nccl(monkeypatch, kind, join):
    entered = []

    class Strategy:
        def __init__(self, names, cross_device_ops):
            entered.append((names, cross_device_ops))

        def scope(self):
            return contextlib.nullcontext()

    distribute = Pretend(
        MirroredStrategy=Strategy, NcclAllReduce=lambda: "NCCL", ReductionToOneDevice=lambda: "one device"
    )
    monkeypatch.setitem(sys.modules, "tensorflow", Pretend(distribute=distribute))
    names = (f"{kind}:0", f"{kind}:1")
    monkeypatch.setattr(devices, "find_devices", lambda: Devices("tensorflow", kind, names, ("", ""), 4))
    with data_parallel() as copies:
        assert copies == 2
    assert entered == [(list(names), join)]


def test_jax_distributes_inside_the_block_only(monkeypatch):
    current = ["before"]
    distribution = Pretend(
        DataParallel=lambda devices: devices,
        distribution=lambda: current[-1],
        set_distribution=current.append,
    )
    names = ("GPU:0", "GPU:1")
    monkeypatch.setattr(devices, "find_devices", lambda: Devices("jax", "GPU", names, ("", ""), 4))
    monkeypatch.setattr(devices, "load_keras", lambda: Pretend(distribution=distribution))
    with data_parallel() as copies:
        assert copies == 2
        assert current[-1] == ["gpu:0", "gpu:1"]
    assert current[-1] == "before"


def test_a_program_without_an_error_stream_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with devices._silent_error_stream():
        pass

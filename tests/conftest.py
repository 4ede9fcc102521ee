"""Settings that all tests share."""

import os
from importlib.util import find_spec

from hypothesis import settings

# A test says what is right, not how fast it is: a busy machine must not fail it. On a CI the examples are the same in
# every run, so that a red run is about the change; at home each run looks at new ones.
settings.register_profile("book", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("book")

# The library alone needs no TensorFlow; the networks do.
collect_ignore = [] if find_spec("tensorflow") else ["test_keras_models.py", "test_softmax_layer.py"]


def pytest_report_header() -> str | None:
    return f"TensorFlow is not installed: left out are {', '.join(collect_ignore)}" if collect_ignore else None

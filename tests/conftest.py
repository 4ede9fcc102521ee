"""Settings that all tests share."""

import os

from hypothesis import settings

# A test says what is right, not how fast it is: a busy machine must not fail it. On a CI the examples are the same in
# every run, so that a red run is about the change; at home each run looks at new ones.
settings.register_profile("book", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("book")

"""Settings that all tests share."""

from hypothesis import settings

# A test says what is right, not how fast it is: a busy machine must not fail it.
settings.register_profile("book", deadline=None)
settings.load_profile("book")

"""The scripts of the interactive figures in an engine without a browser, and a reader's hand on their controls."""

import json
from functools import cached_property

import pytest

from softmax_lib import interactive

MiniRacer = pytest.importorskip("py_mini_racer").MiniRacer


class Scripts:
    """The runtime and the named components, all of them when none is named. Arguments may be arrays."""

    def __init__(self, *components):
        self.components = components

    @cached_property
    def engine(self):
        engine = MiniRacer()
        engine.eval(interactive.script(*self.components))
        return engine

    def evaluate(self, expression):
        return json.loads(self.engine.eval(f"JSON.stringify({expression})"))

    def apply(self, function, *arguments):
        return self.evaluate(f"({function})({', '.join(map(_as_json, arguments))})")


class Page(Scripts):
    """One figure: what a reader sees after some events, and what the functions of its component return."""

    def __init__(self, figure):
        super().__init__(figure.component)
        self.component, self.spec = figure.component, figure.spec

    def play(self, *events, spec=None):
        """State, picture ("svg") and readout ("text") after events such as ``["set", "temperature", 2]``."""
        return self.apply("lab.run", self.component, self.spec if spec is None else spec, events)

    def call(self, function, *arguments):
        return self.apply(f"lab.get({self.component!r}).{function}", *arguments)


def _as_json(argument):
    return json.dumps(argument, default=lambda array: array.tolist())

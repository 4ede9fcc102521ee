"""What every interactive figure is: a component's name, its specification, and the HTML that carries them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def component_names() -> list[str]:
    """The names of all components, sorted."""
    return sorted(path.stem for path in (HERE / "js").glob("*.js") if path.stem != "lab")


@cache
def stylesheet() -> str:
    """The style sheet that all figures share."""
    return (HERE / "lab.css").read_text("utf-8")


@cache
def script(*names: str) -> str:
    """The runtime followed by the named components (all of them when none is named)."""
    files = ["lab", *(names or component_names())]
    return "\n".join((HERE / "js" / f"{name}.js").read_text("utf-8") for name in files)


@dataclass(frozen=True)
class Figure:
    """An interactive figure; shows itself when it is the last line of a notebook's cell.

    Parameters
    ----------
    component : str
        Name of a file in ``softmax_lib/interactive/js``, without ``.js``.
    spec : dict
        What the component needs: plain JSON, no NaN and no infinity.
    title : str
        Short name of the figure, read out by screen readers.
    description : str
        One sentence: what a reader learns from it. Becomes the picture's text alternative.
    """

    component: str
    spec: dict[str, Any] = field(repr=False)
    title: str
    description: str

    def __post_init__(self) -> None:
        if self.component not in component_names():
            raise ValueError(f"unknown component {self.component!r}; there are: {', '.join(component_names())}")
        for name in ("title", "description"):
            if not getattr(self, name).strip():
                raise ValueError(f"an interactive figure needs a {name}: it is what a screen reader says")
        try:
            json.dumps(self.spec, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the specification of {self.component!r} must be plain, finite JSON: {error}") from None

    def to_json(self) -> str:
        """Component, title and specification as JSON that is safe inside a ``<script>`` element."""
        data = {"component": self.component, "title": self.title, "description": self.description, "spec": self.spec}
        return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("</", "<\\/")

    def to_html(self, stage: str = "", key: str = "") -> str:
        """The ``<figure>`` element: the specification and, when given, a stage drawn beforehand."""
        attributes = f' data-key="{html.escape(key)}"' if key else ""
        return (
            f'<figure class="lab" role="group" aria-label="{html.escape(self.title)}"{attributes}>'
            f'<script type="application/json">{self.to_json()}</script>{stage}</figure>'
        )

    @classmethod
    def from_html(cls, text: str) -> Figure | None:
        """Read a figure back from the HTML that it shows in a notebook; None if there is none in ``text``."""
        found = re.search(r'<figure class="lab".*?<script type="application/json">(.*?)</script>', text, re.DOTALL)
        if not found:
            return None
        data = json.loads(found[1])
        return cls(**data)

    def _repr_html_(self) -> str:
        return (
            f"{self.to_html()}<style>{stylesheet()}</style><script>{script(self.component)}\nlab.mountAll();</script>"
        )

"""The instructor's secret: hidden tests draw their inputs from it, so that reading this repository predicts none of them.

The secret is a line of text, from the environment variable COURSEWORK_SEED or from the file `coursework-seed.txt` in
the root of the repository, which git ignores. It never enters a student's folder or the sandbox. Keep it for as long
as you grade: another secret draws other inputs.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import numpy as np

__all__ = ["SeedMissing", "ensure_seed", "generator", "seed", "seed_digest"]

VARIABLE = "COURSEWORK_SEED"
FILE = Path(__file__).resolve().parent.parent / "coursework-seed.txt"


class SeedMissing(RuntimeError):
    """Neither the variable nor the file holds a secret."""


def seed() -> str:
    """The secret, from the environment or the file.

    Raises
    ------
    SeedMissing
        Saying how to make one.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text and FILE.is_file():
        text = FILE.read_text(encoding="utf-8").strip()
    if not text:
        raise SeedMissing(f"no secret seed: run `make coursework`, which writes {FILE.name}, or set {VARIABLE}")
    return text


def ensure_seed() -> str:
    """The secret; if there is none, make one, write the file (readable by its owner only) and say so."""
    try:
        return seed()
    except SeedMissing:
        text = secrets.token_hex(32)
        descriptor = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        print(f"Wrote a new secret seed for the hidden tests to {FILE}. Keep it, and keep it to yourself.")
        return text


def seed_digest() -> str:
    """A name of the secret that does not tell it: whoever keeps results can see that the secret changed."""
    return hashlib.sha256(f"which secret\n{seed()}".encode()).hexdigest()[:16]


def generator(label: str) -> np.random.Generator:
    """A random generator for one hidden test: the same for every submission, unpredictable without the secret.

    Parameters
    ----------
    label : str
        Names the purpose, such as "hw01.q3.large"; different labels give independent streams.

    Examples
    --------
    In a hidden test: ``rng = generator("hw01.q3.large")``, then ``rng.normal(scale=1e5, size=(5, 6))``.
    """
    digest = hashlib.sha256(f"{seed()}\n{label}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))

"""The secret seed: where it is found, how it is made, and what the generators promise."""

import stat

import numpy as np
import pytest

from coursework import secret


@pytest.fixture
def seed_file(tmp_path, monkeypatch):
    """A place for the file, and no seed in the environment."""
    monkeypatch.delenv(secret.VARIABLE)
    monkeypatch.setattr(secret, "FILE", tmp_path / "coursework-seed.txt")
    return tmp_path / "coursework-seed.txt"


def test_environment_comes_first(seed_file, monkeypatch):
    seed_file.write_text("from the file\n")
    assert secret.seed() == "from the file"
    monkeypatch.setenv(secret.VARIABLE, " from the environment ")
    assert secret.seed() == "from the environment"


def test_missing_seed_says_how_to_make_one(seed_file):
    with pytest.raises(secret.SeedMissing, match=r"make coursework.*COURSEWORK_SEED"):
        secret.generator("hw01.q1.any")


def test_empty_seed_is_no_seed(seed_file, monkeypatch):
    seed_file.write_text("\n")
    monkeypatch.setenv(secret.VARIABLE, "  ")
    with pytest.raises(secret.SeedMissing):
        secret.seed()


def test_made_once_kept_and_private(seed_file, capsys):
    made = secret.ensure_seed()
    assert len(made) == 64
    assert made not in (said := capsys.readouterr().out)
    assert str(seed_file) in said
    assert stat.S_IMODE(seed_file.stat().st_mode) == 0o600
    assert secret.ensure_seed() == made == secret.seed()
    assert capsys.readouterr().out == ""


def test_seed_file_is_ignored_by_git():
    ignored = (secret.FILE.parent / ".gitignore").read_text().splitlines()
    assert secret.FILE.name in ignored


def draws(label):
    return secret.generator(label).random(4)


def test_same_label_same_numbers_other_label_others():
    assert np.array_equal(draws("hw01.q1.large"), draws("hw01.q1.large"))
    assert not np.any(draws("hw01.q1.large") == draws("hw01.q1.small"))


def test_other_seed_other_numbers(monkeypatch):
    before = draws("hw01.q1.large")
    monkeypatch.setenv(secret.VARIABLE, "another class")
    assert not np.any(before == draws("hw01.q1.large"))


def test_generator_is_sha256_of_seed_and_label(monkeypatch):
    import hashlib

    monkeypatch.setenv(secret.VARIABLE, "known")
    number = int(hashlib.sha256(b"known\nhw01.q1.large").hexdigest(), 16)
    assert np.array_equal(draws("hw01.q1.large"), np.random.default_rng(number).random(4))


def test_digest_names_the_seed_without_telling_it(monkeypatch):
    before = secret.seed_digest()
    assert secret.seed() not in before
    monkeypatch.setenv(secret.VARIABLE, "another class")
    assert secret.seed_digest() != before

"""The appendix of claims is complete: a theorem of a chapter that no test backs fails here."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "_ext"))

from book_claims import FORM, WORD, collect  # noqa: E402

THEOREM = re.compile(r"\{prf:(?:theorem|proposition|lemma|corollary)\}.*\n:label: (\S+)")
CLAIMS = collect()


def _prose(chapter: Path) -> str:
    return "\n".join(cell.source for cell in nbformat.read(chapter, 4).cells if cell.cell_type == "markdown")


CHAPTERS = {int(path.name[:2]): _prose(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
THEOREMS = [label for prose in CHAPTERS.values() for label in THEOREM.findall(prose)]


@pytest.mark.parametrize("label", THEOREMS)
def test_every_theorem_is_named_by_a_claim(label):
    backed = {claim.theorem for claim in CLAIMS}
    assert label in backed, (
        f"no test backs {label}: give one the marker "
        f'@pytest.mark.claim("Chapter {int(label[4:6])}: …", theorem="{label}")'
    )


@pytest.mark.parametrize("number", CHAPTERS)
def test_a_chapter_has_at_least_as_many_claims_as_theorems(number):
    claims = {claim.text for claim in CLAIMS if claim.chapter == number}
    assert claims
    assert len(claims) >= len(THEOREM.findall(CHAPTERS[number]))


@pytest.mark.parametrize("number", CHAPTERS)
def test_theorems_of_a_chapter_carry_its_number(number):
    """A theorem without a label, or with a foreign one, would slip past the test above."""
    labels = THEOREM.findall(CHAPTERS[number])
    assert len(labels) == len(re.findall(r"\{prf:(?:theorem|proposition|lemma|corollary)\}", CHAPTERS[number]))
    assert all(re.fullmatch(rf"thm-{number:02}-[a-z0-9-]+", label) for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.test)
def test_markers_are_well_formed(claim):
    assert FORM.match(claim.text), 'write it as "Chapter N: statement", without a full stop'
    assert claim.test.rpartition("::")[2].startswith("test_"), "a claim marks a test"
    if claim.theorem:
        assert claim.theorem in THEOREMS, f"there is no theorem {claim.theorem}"
        assert int(claim.theorem[4:6]) == claim.chapter


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.test)
def test_formulas_are_typeset(claim):
    plain = re.sub(r"\$[^$]+\$|`[^`]+`", "", claim.text)
    assert not re.search(r"[<>=^_|√]| [-−+/] |\b(?:lambda|alpha|beta|epsilon)\b", plain), (
        "put the formula between $ and $"
    )


def test_a_statement_begins_with_a_capital_unless_it_begins_with_a_name_or_a_formula():
    for statement in ("a change", "softmax keeps", "log-odds are", "entropy is", "rounding, too"):
        assert WORD.match(statement)
    for statement in ("lse is convex", "$z$ is", "`log_softmax` keeps", "KL is", "log_softmax keeps", "p is"):
        assert not WORD.match(statement)


def test_the_page_has_a_table_for_every_chapter():
    page = (ROOT / "appendices" / "claims.md").read_text("utf8")
    tables = [int(number) for number in re.findall(r"^```\{claims\} (\d+)$", page, flags=re.MULTILINE)]
    assert tables == list(range(1, 11))
    assert set(CHAPTERS) <= set(tables)
    assert {claim.chapter for claim in CLAIMS} <= set(tables)


def test_markers_are_read_from_functions_and_classes(tmp_path):
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "deep" / "test_one.py").write_text(
        "import pytest\n"
        '@pytest.mark.claim("Chapter 3: a, " "and b", theorem="thm-03-a")\n'
        '@pytest.mark.claim("Chapter 10: cc")\n'
        "def test_function(): ...\n"
        "class TestClass:\n"
        "    @pytest.mark.parametrize('x', [1])\n"
        '    @pytest.mark.claim("Chapter 4: dd")\n'
        "    def test_method(self, x): ...\n"
        "def test_without(): ...\n"
    )
    found = collect(tmp_path)
    assert [(claim.chapter, claim.text.split(": ")[1], claim.theorem) for claim in found] == [
        (3, "a, and b", "thm-03-a"),
        (10, "cc", ""),
        (4, "dd", ""),
    ]
    assert found[0].test == "tests/deep/test_one.py::test_function"
    assert found[2].test == "tests/deep/test_one.py::TestClass::test_method"

"""CSV in and out: a spreadsheet must show what was meant, and run none of it."""

import csv
import io

import pytest

from coursework.tables import TableError, number, read_table, safe_cell, write_table


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("x")'])
def test_a_formula_becomes_text(text):
    assert safe_cell(text)[0] not in "=+-@\t\r\n＝"


@pytest.mark.parametrize("text", ["a;=1+1", "a;@x", "a\t=1"])
def test_a_formula_is_not_set_free_by_another_separator(text):
    line = safe_cell(text)
    for delimiter in ";\t":
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in next(csv.reader([line], delimiter=delimiter)))


def test_a_line_break_in_a_cell_starts_no_line():
    assert len(safe_cell("x\n=1+1\r\n=2").splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "cell"), [(-1.5, "-1.5"), (0.0, "0"), (1 / 3, "0.3333"), ("-", "-"), ("-3", "-3"), (None, "")]
)
def test_numbers_stay_numbers(value, cell):
    assert safe_cell(value) == cell


def test_round_trip_with_quotes_commas_and_unicode(tmp_path):
    rows = [{"name": 'Zoë "Z", Müller', "points": 2.5}, {"name": "李雷"}]
    table = read_table(write_table(tmp_path / "t.csv", ["name", "points"], rows))
    assert table.rows == ({"name": 'Zoë "Z", Müller', "points": "2.5"}, {"name": "李雷", "points": ""})


def test_the_file_is_what_the_csv_module_reads(tmp_path):
    path = write_table(tmp_path / "t.csv", ["a", "b"], [{"a": "1,2", "b": "x"}], excel=False)
    assert list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))) == [{"a": "1,2", "b": "x"}]


@pytest.mark.parametrize(
    "data",
    ["a;b\n1,5;x\n".encode("utf-8-sig"), "a;b\r\n1,5;x\r\n".encode("utf-16"), b"\na\tb\n1,5\tx\n"],
    ids=["semicolons", "utf-16", "tabs"],
)
def test_what_spreadsheets_of_other_languages_write(tmp_path, data):
    (tmp_path / "t.csv").write_bytes(data)
    assert read_table(tmp_path / "t.csv").rows == ({"a": "1,5", "b": "x"},)
    assert number("1,5") == 1.5


def test_windows_letters(tmp_path):
    (tmp_path / "t.csv").write_bytes("name\nZoë\n".encode("cp1252"))
    assert read_table(tmp_path / "t.csv").rows == ({"name": "Zoë"},)


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"PK\x03\x04", "save it as CSV"), (b"", "is empty"), (b"a,a\n1,2\n", "two columns of one name: a")],
)
def test_what_is_no_table_is_refused(tmp_path, data, what):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(TableError, match=what):
        read_table(tmp_path / "t.csv")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv: there is no such file"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("text", ["", "two", "1/2", "=1", "nan", "1,2,3"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="is not a number"):
        number(text)

"""CSV files in and out: for Excel and LibreOffice, with formulas neutralized and nothing overwritten without a backup."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Table", "TableError", "number", "read_table", "safe_cell", "write_table", "write_text"]

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide forms count in some locales
# Where the locale separates cells by semicolons, Excel cuts a line of this file there, and a formula may follow.
INNER = re.compile(r"([;\t|])(?=[=+\-@])")


class TableError(ValueError):
    """A table cannot be used: the message says which, what was found and what is needed."""


@dataclass(frozen=True)
class Table:
    """A CSV file: its header and its rows as dictionaries."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


def safe_cell(value: object) -> str:
    """The text of a cell that a spreadsheet takes as text or number, never as a formula.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell(-1.5), safe_cell("-")
    ("'=HYPERLINK(1)", '-1.5', '-')
    """
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
    text = "" if value is None else str(value).replace("\0", "")
    text = INNER.sub(r"\1'", " ⏎ ".join(text.splitlines()) if "\n" in text or "\r" in text else text)
    if text.startswith(FORMULA) and text != "-" and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def write_table(path: Path, header: Sequence[str], rows: Iterable[Mapping[str, object]], *, excel: bool = True) -> Path:
    """Write rows under the header; columns that a row lacks stay empty.

    With ``excel`` the file starts with a byte order mark, without which Excel takes UTF-8 for something else.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(row.get(name)) for name in header] for row in rows)
    return write_text(path, ("\ufeff" if excel else "") + stream.getvalue())


def write_text(path: Path, text: str) -> Path:
    """Write a whole file or nothing: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8", newline="")
    beside.replace(path)
    return path


def read_table(path: Path) -> Table:
    """Read a CSV file with commas, semicolons or tabs between the cells, as spreadsheets of all languages write it.

    Raises
    ------
    TableError
        When the file is missing, is not text, has no header, or names a column twice.
    """
    path = Path(path)
    if not path.is_file():
        raise TableError(f"{path}: there is no such file")
    data = path.read_bytes()
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise TableError(f"{path} is a spreadsheet file: open it and save it as CSV (UTF-8)")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what Excel on Windows writes when not asked for UTF-8
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    if not lines:
        raise TableError(f"{path} is empty: a line of column names is needed")
    header = tuple(name.strip() for name in lines[0])
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise TableError(f"{path} has two columns of one name: {', '.join(twice)}")
    rows = tuple(
        {name: cell for name, cell in zip(header, row + [""] * len(header), strict=False) if name} for row in lines[1:]
    )
    return Table(path, header, rows)


def number(text: str) -> float:
    """The number in a cell, with a decimal point or a decimal comma; ValueError for anything else."""
    text = text.strip().lstrip("'")
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return float(text.replace(",", "."))

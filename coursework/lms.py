"""Files that Canvas, Moodle and Gradescope import, from the class lists that they export.

The formats, from the platforms' own sources and guides:

- Canvas (Grades → Export, Import): `Student`, `ID`, perhaps `SIS User ID`, `SIS Login ID`, …, `Section`, then the
  assignments as `Title (number)`, or a bare title for a new one; a line `Points Possible`. A student is found by `ID`.
- Moodle, the assignment's grading worksheet (Actions → Download grading worksheet): `Identifier` holds
  `Participant 123`, the number that the folders of the bulk download have; `Grade`, `Maximum Grade`,
  `Last modified (grade)` and perhaps `Feedback comments`. Or the course's list with `Email address`, for the grade import.
- Gradescope takes scores from an autograder and not from a table: we write an autograder that only looks up the result,
  by the e-mail address or the student number, and a table in the form of Gradescope's own export.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .assignment import Assignment
from .gradebook import Entry
from .tables import Table, TableError, read_table, write_table

__all__ = ["Roster", "full_name", "match", "read_roster", "write_canvas", "write_gradescope", "write_moodle"]

PARTICIPANT = re.compile(r"(\d+)\s*$")
CANVAS_COLUMN = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)\s*$")


@dataclass(frozen=True)
class Roster:
    """A class list; `kind` is canvas, moodle-worksheet, moodle or gradescope."""

    kind: str
    table: Table


def read_roster(path: Path) -> Roster:
    """Read a class list and recognize whose it is by its columns.

    Raises
    ------
    TableError
        When it is none of the known; the message names what was found and what is needed.
    """
    table = read_table(path)
    names = set(table.header)
    if {"Student", "ID", "Section"} <= names:
        return Roster("canvas", table)
    if {"Identifier", "Grade"} <= names:
        return Roster("moodle-worksheet", table)
    if "Email address" in names:
        return Roster("moodle", table)
    if "Email" in names and names & {"SID", "Name", "First Name", "Full Name"}:
        return Roster("gradescope", table)
    raise TableError(
        f"{path}: the columns are {', '.join(table.header[:8])}. Needed is one of: Canvas's gradebook (Student, ID, …, "
        "Section), Moodle's grading worksheet (Identifier, …, Grade) or participants (…, Email address), Gradescope's "
        "roster (Name or First Name and Last Name, Email, SID). Export it in English and give it as it is"
    )


def match(entries: Sequence[Entry], roster: Roster) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Find every student in the class list: student's key → row, and the keys that are not there or not unique.

    A platform's number counts first, then an address, a login or a student number, then the name if only one has it.
    """
    rules: list[tuple[Callable[[Entry], list[str]], Callable[[dict[str, str]], list[str]]]] = {
        "canvas": [
            (lambda e: _ids(e, "canvas"), lambda row: [row["ID"].strip()]),
            (lambda e: _logins(e), lambda row: _forms(row.get("SIS Login ID", ""), row.get("SIS User ID", ""))),
        ],
        "moodle-worksheet": [
            (lambda e: _ids(e, "moodle"), lambda row: PARTICIPANT.findall(row["Identifier"])),
            (lambda e: _logins(e), lambda row: _forms(row.get("Email address", ""), row.get("ID number", ""))),
        ],
        "moodle": [
            (
                lambda e: _logins(e),
                lambda row: _forms(row["Email address"], row.get("Username", ""), row.get("ID number", "")),
            ),
        ],
        "gradescope": [(lambda e: _logins(e), lambda row: _forms(row["Email"], row.get("SID", "")))],
    }[roster.kind]
    rules = [*rules, (lambda e: _names(e.submission.name), lambda row: _row_names(row))]
    rows = [row for row in roster.table.rows if not _is_points_row(row)]
    found: dict[str, dict[str, str]] = {}
    for of_entry, of_row in rules:
        index: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            for value in dict.fromkeys(of_row(row)):
                if value:
                    index.setdefault(value, []).append(row)
        for entry in entries:
            hits = [index[value] for value in of_entry(entry) if value in index]
            if entry.key not in found and hits and len(hits[0]) == 1:
                found[entry.key] = hits[0][0]
    taken: dict[int, list[str]] = {}
    for key, row in found.items():
        taken.setdefault(id(row), []).append(key)
    clashes = {
        key for keys in taken.values() if len(keys) > 1 for key in keys
    }  # two students, one line: neither is safe
    found = {key: row for key, row in found.items() if key not in clashes}
    return found, [entry.key for entry in entries if entry.key not in found]


def write_canvas(path: Path, assignment: Assignment, entries: Sequence[Entry], roster: Roster | None) -> list[str]:
    """Write the file for Canvas (Grades → Import); return what the teacher should know."""
    if roster is None:
        return _canvas_from_ids(path, assignment, entries)
    found, missing = match(entries, roster)
    header = list(roster.table.header)
    people = header[: header.index("Section") + 1]
    column, known = _canvas_column(header[len(people) :], assignment)
    rows: list[dict[str, object]] = [{"Student": "    Points Possible", column: assignment.points}]
    for entry in entries:
        if entry.key in found and (total := entry.total(assignment)) is not None:
            rows.append({name: found[entry.key].get(name, "") for name in people} | {column: total})
    write_table(path, [*people, column], rows, excel=False)
    words = _missing_words(missing, roster)
    if not known:
        words.append(f"Canvas has no column for {assignment.name}: the import makes a new assignment '{column}'")
    return words


def _canvas_from_ids(path: Path, assignment: Assignment, entries: Sequence[Entry]) -> list[str]:
    with_id = [entry for entry in entries if entry.submission.ids.get("canvas")]
    if not with_id:
        return ["Canvas: give --roster with the gradebook that Canvas exports (Grades → Export)"]
    rows: list[dict[str, object]] = [{"Student": "    Points Possible", assignment.title: assignment.points}]
    rows += [
        {"Student": e.submission.name, "ID": e.submission.ids["canvas"], assignment.title: e.total(assignment)}
        for e in with_id
        if e.result is not None
    ]
    write_table(path, ["Student", "ID", "Section", assignment.title], rows, excel=False)
    return [
        f"Canvas: without --roster the import makes a new assignment '{assignment.title}'; with the exported gradebook "
        "it fills the one that is there"
    ]


def _canvas_column(columns: Sequence[str], assignment: Assignment) -> tuple[str, bool]:
    """The column that belongs to the assignment: by its title, its short name, or as "Homework 1"; whole words only."""
    title, short = assignment.title.casefold(), assignment.name.casefold()
    short_name = re.compile(rf"(?<![a-z0-9]){re.escape(short)}(?![a-z0-9])")
    number = re.fullmatch(r"hw0*(\d+)", short)
    numbered = re.compile(
        rf"(?<![a-z])(?:hw|homework|assignment|problem set)[ #_-]*0*{number[1] if number else '(?!)'}(?!\d)"
    )
    named = [(name, found["title"].casefold()) for name in columns if (found := CANVAS_COLUMN.match(name))]
    for fits in (lambda text: text == title, short_name.search, lambda text: title in text, numbered.search):
        hits = [name for name, text in named if fits(text)]
        if len(hits) == 1:
            return hits[0], True
    return assignment.title, False


def write_moodle(path: Path, assignment: Assignment, entries: Sequence[Entry], roster: Roster | None) -> list[str]:
    """Write the file for Moodle: the grading worksheet filled in, or a table for the course's grade import."""
    if roster is None:
        with_id = [e for e in entries if e.submission.ids.get("moodle") and e.result is not None]
        if not with_id:
            return ["Moodle: give --roster with the assignment's grading worksheet or the list of participants"]
        header = ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"]
        rows: list[dict[str, object]] = [
            {
                "Identifier": f"Participant {e.submission.ids['moodle']}",
                "Full name": e.submission.name,
                "Grade": e.total(assignment),
                "Maximum Grade": assignment.points,
                "Last modified (grade)": "-",
            }
            for e in with_id
        ]
        write_table(path, header, rows, excel=False)
        return ["Moodle: without --roster there is no date in the worksheet: tick 'allow updating records …' on upload"]
    found, missing = match(entries, roster)
    rows = []
    if roster.kind == "moodle-worksheet":
        header = list(roster.table.header)
        for entry in entries:
            if entry.key in found and (total := entry.total(assignment)) is not None:
                row: dict[str, object] = {**found[entry.key], "Grade": total}
                if "Feedback comments" in header:
                    row["Feedback comments"] = comment(entry, assignment)
                rows.append(row)
        words = _maximum_words(roster, assignment)
    else:
        people = [name for name in ("First name", "Last name", "Username", "ID number", "Email address")]
        header = [name for name in people if name in roster.table.header]
        for entry in entries:
            if entry.key in found and (total := entry.total(assignment)) is not None:
                rows.append({name: found[entry.key][name] for name in header} | {assignment.title: total})
        header.append(assignment.title)
        words = ["Moodle: on import map 'Email address' to 'Email address', and the points to your grade item"]
    write_table(path, header, rows, excel=False)
    return _missing_words(missing, roster) + words


def _maximum_words(roster: Roster, assignment: Assignment) -> list[str]:
    maxima = {row.get("Maximum Grade", "").strip() for row in roster.table.rows} - {""}
    try:
        other = [text for text in maxima if abs(float(text.replace(",", ".")) - assignment.points) > 1e-9]
    except ValueError:
        other = []
    if not other:
        return []
    return [
        f"Moodle: the worksheet's maximum is {other[0]}, the assignment's {assignment.points:g}: change it in Moodle"
    ]


def comment(entry: Entry, assignment: Assignment) -> str:
    """What a student may read, in one line: points a question and the messages of what failed."""
    parts = []
    for question in assignment.questions:
        points = entry.scores(assignment)[question.name]
        got = "not marked yet" if points is None else f"{points:g}"
        parts.append(f"{question.name}: {got} of {question.points:g}.")
        tests = entry.result.tests if entry.result else ()
        parts += [test.message for test in tests if test.question == question.name and not test.passed and test.message]
    return " ".join(dict.fromkeys(parts)).replace("<", "‹").replace(">", "›")  # Moodle takes the cell for HTML


def write_gradescope(
    folder: Path, assignment: Assignment, entries: Sequence[Entry], roster: Roster | None
) -> list[str]:
    """Write the table and the autograder for Gradescope into `folder`."""
    people: Mapping[str, Mapping[str, str]] = {}
    missing: list[str] = []
    if roster is not None:
        people, missing = match(entries, roster)
    names = [question.name for question in assignment.questions]
    header = ["First Name", "Last Name", "SID", "Email", assignment.title, f"{assignment.title} - Max Points"]
    header += [f"{place}: {q.name} ({q.points:g} pts)" for place, q in enumerate(assignment.questions, 1)]
    rows: list[dict[str, object]] = []
    results: dict[str, str] = {}
    for entry in entries:
        if entry.result is None:
            continue
        person = people.get(entry.key, {})
        email = person.get("Email") or entry.submission.ids.get("email", "")
        sid = person.get("SID") or entry.submission.ids.get("sid", "")
        if not (email or sid):
            if roster is None:
                missing.append(entry.key)
            continue
        first, last = _first_last(person, entry.submission.name)
        scores = entry.scores(assignment)
        row = {"First Name": first, "Last Name": last, "SID": sid, "Email": email}
        points = [entry.total(assignment), assignment.points, *(scores[name] for name in names)]
        rows.append({**row, **dict(zip(header[4:], points, strict=True))})
        for who in filter(None, (email, sid)):
            results[hashlib.sha256(who.strip().lower().encode()).hexdigest()] = _gradescope_result(entry, assignment)
    if not rows:
        return ["Gradescope: give --roster with the roster that Gradescope exports (it needs Email or SID)"]
    write_table(folder / f"gradescope-{assignment.name}.csv", header, rows, excel=False)
    _write_autograder(folder / f"gradescope-autograder-{assignment.name}.zip", results)
    return _missing_words(missing, roster) if roster else _unknown_words(missing)


def _gradescope_result(entry: Entry, assignment: Assignment) -> str:
    """results.json as Gradescope reads it; hidden tests appear as a sum a question, without their names."""
    tests = []
    scores = entry.scores(assignment)
    for question in assignment.questions:
        failed = [t for t in entry.result.tests if t.question == question.name and not t.passed] if entry.result else []
        got = scores[question.name]
        output = "Not marked yet." if got is None else "\n".join(dict.fromkeys(t.message for t in failed if t.message))
        output = "\n".join(filter(None, [output, entry.comments.get(question.name, "")]))
        tests.append({"name": question.name, "score": got or 0.0, "max_score": question.points, "output": output})
    record = {"score": entry.total(assignment), "visibility": "after_published", "tests": tests}
    return json.dumps(record, ensure_ascii=False)


LOOK_UP = '''\
"""Hand over the result that was computed before; no submitted code is run here."""

import hashlib
import json
import pathlib

here = pathlib.Path(__file__).parent
with open("/autograder/submission_metadata.json", encoding="utf-8") as file:
    users = json.load(file)["users"]
result = {"score": 0, "output": "There is no result for you yet: please tell your instructor."}
for user in users:
    for who in (user.get("email"), user.get("sid")):
        path = here / "results" / (hashlib.sha256(str(who).strip().lower().encode()).hexdigest() + ".json")
        if who and path.is_file():
            result = json.loads(path.read_text(encoding="utf-8"))
pathlib.Path("/autograder/results/results.json").write_text(json.dumps(result), encoding="utf-8")
'''


def _write_autograder(path: Path, results: Mapping[str, str]) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("setup.sh", "#!/usr/bin/env bash\napt-get install -y --no-install-recommends python3\n")
        archive.writestr("run_autograder", "#!/usr/bin/env bash\npython3 /autograder/source/look_up.py\n")
        archive.writestr("look_up.py", LOOK_UP)
        for digest, text in sorted(results.items()):
            archive.writestr(f"results/{digest}.json", text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream.getvalue())


# Who is who ------------------------------------------------------------------------------------------------------


def _ids(entry: Entry, kind: str) -> list[str]:
    return [entry.submission.ids[kind]] if entry.submission.ids.get(kind) else []


def _forms(*values: str) -> list[str]:
    """A login as it stands and, for an address, the part before the @."""
    texts = [value.strip().casefold() for value in values if value and value.strip() not in ("", "-")]
    return texts + [text.split("@")[0] for text in texts if "@" in text]


def _logins(entry: Entry) -> list[str]:
    ids = entry.submission.ids
    return _forms(ids.get("email", ""), ids.get("sid", ""), ids.get("login", ""))


def _plain(name: str) -> str:
    """Letters and digits only, without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def _names(name: str) -> list[str]:
    """The forms in which a name may be compared: as it stands, and 'Last, First' turned round."""
    last, comma, first = name.partition(",")
    return list(dict.fromkeys(filter(None, [_plain(name), _plain(first + last) if comma else ""])))


def full_name(row: Mapping[str, str]) -> str:
    """The name in a line of a class list."""
    whole = next((row[key] for key in ("Student", "Full name", "Full Name", "Name") if row.get(key)), "")
    return whole.strip() or " ".join(filter(None, _first_and_last(row)))


def _first_and_last(row: Mapping[str, str]) -> tuple[str, str]:
    first = row.get("First name") or row.get("First Name") or ""
    return first.strip(), (row.get("Last name") or row.get("Surname") or row.get("Last Name") or "").strip()


def _row_names(row: Mapping[str, str]) -> list[str]:
    first, last = _first_and_last(row)
    return _names(full_name(row)) + (_names(f"{last} {first}") if first and last else [])


def _first_last(person: Mapping[str, str], name: str) -> tuple[str, str]:
    if any(_first_and_last(person)):
        return _first_and_last(person)
    first, _, last = (full_name(person) or name).rpartition(" ")
    return (first, last) if first else (last, "")


def _is_points_row(row: Mapping[str, str]) -> bool:
    return "Points Possible" in row.get("Student", "") or ("Student" in row and not row["Student"].strip())


def _missing_words(missing: Sequence[str], roster: Roster) -> list[str]:
    if not missing:
        return []
    return [f"not found, or not only once, in {roster.table.path.name}: {', '.join(missing)}"]


def _unknown_words(missing: Sequence[str]) -> list[str]:
    return [f"Gradescope: no e-mail address is known for {', '.join(missing)}: give --roster"] if missing else []

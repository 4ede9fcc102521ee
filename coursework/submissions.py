"""Find the submissions in what a teacher has: a folder of notebooks or what a learning platform lets them download.

Known forms, each as a folder or as a zip, and mixed: notebooks named after students; a folder a student (GitHub
Classroom's clones, too); Canvas (``doejane_LATE_123_456_hw01-1.ipynb``); Moodle (``Jane Doe_123_assignsubmission_file``);
Gradescope's export (``submission_123`` with ``submission_metadata.yml``); and in each place of a notebook the zip that
Otter's export cell makes.

Zips are read in memory, with limits, and nothing is unpacked under a name that stands in them. The notebooks to be
graded are copied into a folder of our own; what is left out (older versions, unreadable files) is listed with its reason.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from .tables import write_text

__all__ = ["Found", "Problem", "Submission", "SubmissionsError", "find_submissions", "load_found", "save_found"]

MAX_NOTEBOOK = 30 * 2**20  # bytes; a notebook with many pictures has five million
MAX_INNER_ZIP = 100 * 2**20
MAX_MEMBERS = 200_000
FEW = 3  # notebooks in a zip that may still be one student's
MAX_RATIO = 200  # a real file does not shrink further; a zip bomb does

CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?anon_(?P<user>\w+?)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.DOTALL)
GRADESCOPE = re.compile(r"submission_\d+")
GRADESCOPE_LIST = "submission_metadata.yml"
INIT_CELL = re.compile(r"""otter\.Notebook\(\s*["']([^"']+?)(?:\.ipynb)?["']""")
EXPORT_TIME = re.compile(r"_(\d{4}_\d\d_\d\dT\d\d_\d\d_\d\d_\d+)(\.\w+)?$")
RESUBMISSION = re.compile(r"(?:-(\d{1,3})| ?\((\d{1,3})\))$")
GENERIC = {"submission", "submissions", "student", "notebook", "notebooks", "untitled", "solution", "answers", "src"}


class SubmissionsError(ValueError):
    """There is nothing that could be graded; the message says what was looked at and what is expected."""


@dataclass(frozen=True)
class Submission:
    """One notebook to be graded.

    Attributes
    ----------
    key : names the student in file names and in results; unique
    name : as the platform gives it
    ids : what is known to find the student in a class list: canvas, moodle, email, sid, login
    origin : where the notebook was found, for a person to read
    notebook : the copy to be graded
    """

    key: str
    name: str
    ids: dict[str, str]
    late: bool
    origin: str
    notebook: str
    assignment: str


@dataclass(frozen=True)
class Problem:
    """A file that is not graded, or a doubt about one that is."""

    student: str
    origin: str
    what: str


@dataclass(frozen=True)
class Found:
    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _File:
    """A file somewhere: `parts` is its path from the root that names students, `read` gives its bytes."""

    parts: tuple[str, ...]
    origin: str
    modified: float
    read: Callable[[int], bytes]


@dataclass
class _Owner:
    """Whom a file is from, and how it is ordered among the files of that person."""

    identity: tuple[str, ...]
    name: str
    ids: dict[str, str] = field(default_factory=dict)
    late: bool = False
    order: tuple[Any, ...] = ()
    doubt: str = ""


def find_submissions(source: Path, into: Path, *, known: Collection[str], assignment: str | None = None) -> Found:
    """Copy the latest notebook of every student into ``into/<assignment>/submissions/<key>.ipynb``.

    Parameters
    ----------
    source : a folder or a zip
    into : the folder for the copies; made if missing
    known : the names of the assignments that were built
    assignment : take every notebook for this one, unless the notebook itself says another

    Raises
    ------
    SubmissionsError
        When `source` is missing, is no folder or zip, or holds nothing to grade.
    """
    source = Path(source)
    if not source.exists():
        raise SubmissionsError(f"{source} does not exist: give the folder or zip that holds the submissions")
    if source.is_file() and not zipfile.is_zipfile(source):
        raise SubmissionsError(f"{source} is no folder and no zip: give the folder or zip that holds the submissions")
    collector = _Collector(into, known, assignment)
    for root in _roots(source, collector.report):
        collector.add(root)
    return collector.finish(source)


def save_found(found: Found, path: Path) -> Path:
    return write_text(path, json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n")


def load_found(path: Path) -> Found:
    """What `save_found` wrote; SubmissionsError when there is nothing or something else."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        submissions = tuple(Submission(**item) for item in record["submissions"])
        return Found(submissions, tuple(Problem(**item) for item in record["problems"]))
    except FileNotFoundError as error:
        raise SubmissionsError(f"{path} is missing: grade the submissions first") from error
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise SubmissionsError(f"{path} is damaged ({error}): grade the submissions again") from error


# What is there ---------------------------------------------------------------------------------------------------


Report = Callable[[str, str], None]


def _roots(source: Path, report: Report) -> Iterator[list[_File]]:
    """Lists of files that share one way of naming students: the folder itself, and each bulk download in it."""
    if source.is_file():
        yield list(_members(source, source.name, report))
        return
    here = []
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if _hidden(relative.parts) or path.is_dir():
            continue
        origin = relative.as_posix()
        if path.is_symlink() or not path.is_file():
            report(origin, "a link or a special file: copy the file itself into the folder")
        elif path.suffix.lower() == ".zip" and len(relative.parts) == 1 and _is_bulk(path):
            yield list(_members(path, origin, report))
        else:
            here.append(_File(relative.parts, origin, path.stat().st_mtime, _reader(path)))
    if here:
        yield here


def _reader(path: Path) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        if path.stat().st_size > limit:
            raise ValueError(f"larger than {limit >> 20} MB")
        return path.read_bytes()

    return read


def _members(data: bytes | Path, origin: str, report: Report) -> Iterator[_File]:
    """The files in a zip; what cannot be read safely is reported and left out."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        report(origin, f"not a readable zip: {error}")
        return
    if len(infos) > MAX_MEMBERS:
        report(origin, f"has {len(infos):,} files; at most {MAX_MEMBERS:,} are read")
        return
    for info in infos:
        name = _member_name(info)
        parts = PurePosixPath(name.replace("\\", "/")).parts
        where = f"{origin} › {name}"
        if info.is_dir() or _hidden(parts):
            continue
        if not parts or parts[0] == "/" or ".." in parts or re.fullmatch(r"[A-Za-z]:", parts[0]):
            report(where, "its name points outside of the zip")
        elif info.flag_bits & 0x1:
            report(where, "is encrypted: ask for it without a password")
        else:
            stamp = datetime(*info.date_time).timestamp() if _is_date(info.date_time) else 0.0
            yield _File(parts, where, stamp, _member_reader(archive, info))


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 without saying so, and Python then takes it for cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _member_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        packed = max(info.compress_size, 1)
        if info.file_size > limit or info.file_size > MAX_RATIO * packed + 2**16:
            raise ValueError(f"unpacks to {info.file_size >> 20} MB, which no notebook does")
        with archive.open(info) as stream:  # the declared size may be a lie
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise ValueError(f"larger than {limit >> 20} MB")
        return data

    return read


def _is_date(stamp: tuple[int, ...]) -> bool:
    try:
        datetime(*stamp)  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def _hidden(parts: tuple[str, ...]) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def _names_a_student(parts: tuple[str, ...]) -> bool:
    patterns = (MOODLE, CANVAS, CANVAS_ANONYMOUS, GRADESCOPE)
    return any(pattern.fullmatch(_without_time(part)) for part in parts for pattern in patterns)


def _without_time(name: str) -> str:
    """A file's name without the time that Otter's export puts there, which looks like two of Canvas's numbers."""
    return EXPORT_TIME.sub(r"\2", name)


def _is_bulk(path: Path) -> bool:
    """Whether a zip beside the submissions holds a class, and not what one student handed in."""
    if _names_a_student((path.name,)):
        return False
    members = [file.parts for file in _members(path, "", lambda *_: None)]
    return any(map(_names_a_student, members)) or sum(parts[-1].endswith(".ipynb") for parts in members) > FEW


# Whose it is -----------------------------------------------------------------------------------------------------


class _Collector:
    def __init__(self, into: Path, known: Collection[str], assignment: str | None) -> None:
        self.into, self.known, self.assignment = Path(into), sorted(known), assignment
        self.problems: list[Problem] = []
        self.best: dict[tuple[str, ...], tuple[_Owner, str, Submission]] = {}
        self.keys: dict[str, tuple[str, ...]] = {}
        self.others: dict[tuple[str, ...], tuple[_Owner, list[str]]] = {}

    def report(self, origin: str, what: str, student: str = "") -> None:
        self.problems.append(Problem(student, origin, what))

    def add(self, files: list[_File]) -> None:
        """Sort in the files of one root."""
        platform = _gradescope_people(files, self.report)
        cut = self._wrapper(files)
        for file in files:
            if file.parts[-1] == GRADESCOPE_LIST:
                continue
            owner = self._owner(file, cut, platform)
            kind = file.parts[-1].lower().rsplit(".", 1)[-1]
            if kind == "ipynb":
                self._notebook(file, owner)
            elif kind == "zip":
                self._export(file, owner)
            else:
                self.others.setdefault(owner.identity, (owner, []))[1].append(file.origin)

    def finish(self, source: Path) -> Found:
        graded = {identity[:-1] for identity in self.best}
        for identity, (owner, origins) in sorted(self.others.items()):
            if identity not in graded and owner.identity[0] != "file":
                what = f"handed in {', '.join(PurePosixPath(o).name for o in origins[:5])}, but no notebook"
                self.report(origins[0], what, owner.name)
        if not self.best and not self.problems:
            raise SubmissionsError(
                f"{source} holds no notebook: expected are .ipynb files, a folder a student, or the zip that Canvas, "
                "Moodle or Gradescope lets you download"
            )
        submissions = sorted((entry[2] for entry in self.best.values()), key=lambda s: (s.assignment, s.key))
        return Found(tuple(submissions), tuple(self.problems))

    def _wrapper(self, files: list[_File]) -> int:
        """How many leading folders all files share that name no student."""
        cut = 0
        wanted = [file for file in files if file.parts[-1].lower().endswith((".ipynb", ".zip"))]
        while wanted:
            heads = {file.parts[cut] if len(file.parts) > cut + 1 else "" for file in wanted}
            if len(heads) != 1 or "" in heads or _names_a_student(tuple(heads)):
                break
            if any(len(f.parts) == cut + 2 and not self._tells(PurePosixPath(f.parts[-1]).stem) for f in wanted):
                break
            cut += 1
        return cut

    def _owner(self, file: _File, cut: int, platform: dict[str, dict[str, str]]) -> _Owner:
        folders, filename = file.parts[cut:-1], file.parts[-1]
        stem = PurePosixPath(filename).stem
        exported = EXPORT_TIME.search(stem)
        when = exported[1] if exported else ""
        order: tuple[Any, ...] = (when, 0, _resubmission(stem), file.modified)
        for folder in file.parts[:-1]:
            if folder in platform:
                person = platform[folder]
                ids = {key: person[key] for key in ("email", "sid") if person.get(key)}
                who = person.get("email") or person.get("sid") or person["name"]
                return _Owner(("gradescope", who), person["name"] or who, ids, False, (person["time"], *order[1:]))
        for part in file.parts:
            if found := MOODLE.fullmatch(part):
                return _Owner(("moodle", found["user"]), found["name"], {"moodle": found["user"]}, False, order)
        if found := CANVAS_ANONYMOUS.fullmatch(plain := _without_time(filename)):
            order = (when, int(found["file"]), _resubmission(PurePosixPath(found["rest"]).stem), file.modified)
            identity = ("canvas", f"anon_{found['user']}")
            return _Owner(identity, identity[1], {}, bool(found["late"]), order)
        if found := CANVAS.fullmatch(plain):
            order = (when, int(found["file"]), _resubmission(PurePosixPath(found["rest"]).stem), file.modified)
            ids = {"canvas": found["user"]}
            return _Owner(("canvas", found["user"]), found["name"], ids, bool(found["late"]), order)
        if folders:
            name = self._clean(folders[0]) or folders[0]
            return _Owner(("folder", name), name, {"login": name}, False, order)
        name = self._clean(RESUBMISSION.sub("", EXPORT_TIME.sub("", stem)))
        if self._tells(name):
            return _Owner(("file", name), name, {"login": name}, False, order)
        parent = file.parts[-2] if len(file.parts) > 1 else ""
        doubt = "" if parent else "the file's name does not say whose it is"
        return _Owner(("file", parent or stem), parent or stem, {}, False, order, doubt)

    def _clean(self, name: str) -> str:
        """A file's or folder's name without the name of an assignment before or after it."""
        names = "|".join(re.escape(known) for known in self.known)
        if not names:
            return name
        name = re.sub(rf"^(?:{names})[\s_.-]+(?=.)", "", name, flags=re.IGNORECASE)
        return re.sub(rf"(?<=.)[\s_.-]+(?:{names})$", "", name, flags=re.IGNORECASE)

    def _tells(self, stem: str) -> bool:
        stem = RESUBMISSION.sub("", EXPORT_TIME.sub("", stem)).strip().lower()
        return stem not in GENERIC and stem not in (name.lower() for name in self.known) and bool(stem)

    # What it is ------------------------------------------------------------------------------------------------------

    def _export(self, file: _File, owner: _Owner) -> None:
        try:
            data = file.read(MAX_INNER_ZIP)
        except (ValueError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            self.report(file.origin, f"not read: {error}", owner.name)
            return
        inner = list(_members(data, file.origin, lambda origin, what: self.report(origin, what, owner.name)))
        notebooks = [item for item in inner if item.parts[-1].lower().endswith(".ipynb")]
        if not notebooks:
            self.report(file.origin, "holds no notebook", owner.name)
        for item in notebooks:
            self._notebook(item, owner)

    def _notebook(self, file: _File, owner: _Owner) -> None:
        try:
            data = file.read(MAX_NOTEBOOK)
            text = data.decode("utf-8-sig")
            notebook = json.loads(text)
            if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
                raise ValueError("it has no cells")
        except (ValueError, OSError, RecursionError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            what = "empty" if isinstance(error, json.JSONDecodeError) and not error.doc.strip() else str(error)[:200]
            self.report(file.origin, f"not a readable notebook: {what}", owner.name)
            return
        name, doubt = self._recognize(notebook, file)
        if not name:
            self.report(file.origin, doubt, owner.name)
            return
        if owner.doubt:
            self.report(file.origin, f"{owner.doubt}; graded as {owner.name!r}", owner.name)
        self._keep(owner, name, data, file.origin)

    def _recognize(self, notebook: dict[str, Any], file: _File) -> tuple[str, str]:
        says = _own_name(notebook)
        if self.assignment:
            if says and says != self.assignment and says in self.known:
                return "", f"is a notebook of {says}, not of {self.assignment}: not graded"
            return self.assignment, ""
        if says in self.known:
            return says, ""
        path = "/".join(file.parts).lower()
        named = [name for name in self.known if re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![0-9])", path)]
        if len(named) == 1:
            return named[0], ""
        told = f"says {says!r}" if says else "does not say"
        return "", f"{told} which assignment it is (built are {', '.join(self.known)}): name it with --assignment"

    def _keep(self, owner: _Owner, assignment: str, data: bytes, origin: str) -> None:
        identity = (*owner.identity, assignment)
        key = self._key(owner)
        path = self.into / assignment / "submissions" / f"{key}.ipynb"
        new = Submission(key, owner.name, owner.ids, owner.late, origin, str(path), assignment)
        if identity in self.best:
            before, digest, old = self.best[identity]
            newer = owner.order > before.order
            lost, kept = (old, new) if newer else (new, old)
            same = digest == hashlib.sha256(data).hexdigest()
            what = "a copy of" if same else "an older version of"
            self.report(lost.origin, f"{what} {kept.origin}: not graded", owner.name)
            if not newer:
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.best[identity] = (owner, hashlib.sha256(data).hexdigest(), new)

    def _key(self, owner: _Owner) -> str:
        """A file name for a student: readable, safe on every system, and unique."""
        number = owner.ids.get("canvas") or owner.ids.get("moodle") or ""
        key = "-".join(filter(None, [re.sub(r"[^\w.@+-]+", "-", owner.name).strip("-.")[:60], number])) or "unnamed"
        fold = key.casefold()
        if self.keys.setdefault(fold, owner.identity) != owner.identity:
            key = f"{key}-{hashlib.sha256(repr(owner.identity).encode()).hexdigest()[:8]}"
            self.keys.setdefault(key.casefold(), owner.identity)
        return key


def _resubmission(stem: str) -> int:
    found = RESUBMISSION.search(stem)
    return int(found[1] or found[2]) if found else 0


def _own_name(notebook: dict[str, Any]) -> str:
    """The assignment that a notebook names in its metadata or in the cell that starts Otter."""
    metadata = notebook.get("metadata")
    otter = metadata.get("otter") if isinstance(metadata, dict) else None
    name = otter.get("assignment_name") if isinstance(otter, dict) else None
    if isinstance(name, str) and name:
        return name
    for cell in notebook["cells"][:5]:
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if found := INIT_CELL.search(text):
            return found[1]
    return ""


def _gradescope_people(files: list[_File], report: Report) -> dict[str, dict[str, str]]:
    """Folder → name, email, sid and time of submission, from Gradescope's list, where there is one."""
    people: dict[str, dict[str, str]] = {}
    for file in files:
        if file.parts[-1] != GRADESCOPE_LIST:
            continue
        import yaml

        try:
            record = yaml.load(file.read(MAX_NOTEBOOK), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            for folder, entry in record.items():
                first = (entry.get(":submitters") or [{}])[0]
                person = {key: str(first.get(f":{key}") or "") for key in ("name", "email", "sid")}
                people[str(folder)] = person | {"time": str(entry.get(":created_at") or "")}
        except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
            report(file.origin, f"Gradescope's list of submissions cannot be read: {str(error)[:200]}")
    return people

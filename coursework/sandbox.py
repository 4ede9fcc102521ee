"""The sandbox: where a student's code runs, and what it can see and spend there.

Threat model
------------
A submission is hostile: it wants marks it does not deserve, the hidden tests, other students' work, the teacher's
files, or to spoil the run. It runs inside bubblewrap: no network, its own users, processes, mounts and IPC, no
capability, a filter of system calls, limits on memory, CPU, processes, files and disk. It sees Python, the packages
that the assignment allows, and an empty `/tmp`: not the tests, the secret seed, the repository, the home folder, the
environment, or any other submission. A warm *nursery* imports the packages once and forks each submission into
namespaces of its own; it never runs a student's code. Tests and marks stay outside, in the grader's process, where
only plain data arrive (`coursework.protocol`).

Not protected against: a hole in the kernel or in bubblewrap; a machine that is out of memory because many submissions
hog it at once; measuring how long things take; and a *trusted* run, which has none of this.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from packaging.requirements import Requirement

from . import secret
from .assignment import Limits
from .protocol import Channel, Deadline, Disconnected, ProtocolError

__all__ = ["Pool", "SandboxError", "check_sandbox", "package_paths"]

ROOT = Path(__file__).resolve().parents[1]
PACKAGES, CODE, FILES = "/packages", "/grader", "/course"  # where things are inside
FORKS = sys.platform.startswith("linux")  # elsewhere (trusted runs on macOS) a fork may lose what libraries started
DISK_MB = 64
PROCESSES = 64
START_SECONDS = 60.0
PRELOAD_SECONDS = 300.0
STOP_SECONDS = 10.0
_SAMPLE_SECONDS = 0.2

HOW_TO_INSTALL = """\
Student code is graded inside bubblewrap (the program `bwrap`), and {problem}.

  Debian, Ubuntu   sudo apt-get install bubblewrap
  Fedora           sudo dnf install bubblewrap
  Arch             sudo pacman -S bubblewrap
  Windows          use the Windows Subsystem for Linux, and install it there
  macOS            use a Linux machine or a virtual one

If it is installed but user namespaces are forbidden:
  Ubuntu 24.04 and later   sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
  older Debian             sudo sysctl -w kernel.unprivileged_userns_clone=1
  inside Docker            docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ...

To run the code of people whom you trust without any protection (it can then read and delete your files, and see the
hidden tests), ask for a trusted run explicitly."""


class SandboxError(RuntimeError):
    """Student code cannot be run safely here; the message says what to do."""


@lru_cache(maxsize=1)
def _problem() -> str:
    """Why bubblewrap does not work here, or an empty string."""
    if not sys.platform.startswith("linux"):
        return f"there is none for {sys.platform}"
    if shutil.which("bwrap") is None:
        return "it is not installed"
    command = [*_isolation(), "--ro-bind", "/", "/", "true"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return "" if run.returncode == 0 else f"it does not start: {run.stderr.strip() or 'no reason given'}"


def check_sandbox() -> None:
    """Do nothing where the sandbox works.

    Raises
    ------
    SandboxError
        Saying what is missing and how to install or allow it.
    """
    if problem := _problem():
        raise SandboxError(HOW_TO_INSTALL.format(problem=problem))


def _isolation() -> list[str]:
    command = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    command += ["--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL", "--hostname", "sandbox"]
    if os.getuid() == 0:
        # A real change of user (the nursery makes it): the kernel does not count the processes of root's user.
        return [*command, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*command, "--unshare-user", "--uid", "65534", "--gid", "65534"]


def _user() -> int | None:
    """The user that root becomes: another one for each nursery, since limits count by user."""
    return 20_000 + os.getpid() % 40_000 if os.getuid() == 0 else None


def _mounts(limits: Limits) -> list[str]:
    """What the sandbox shows, all of it read-only except `/tmp`."""
    binds = {path: path for path in _system() if os.path.exists(path)}
    binds |= {f"{PACKAGES}/{name}": str(path) for name, path in package_paths(limits.packages).items()}
    code = ROOT / "coursework"
    binds |= {f"{CODE}/coursework/{name}": str(code / name) for name in ("confine.py", "protocol.py", "worker.py")}
    for file in limits.files:
        path = (ROOT / file).resolve()
        if not path.is_relative_to(ROOT) or path == ROOT or not path.exists():
            raise SandboxError(f"files in assignment.toml names {file}, which is not in the repository")
        binds[f"{FILES}/{path.name}"] = str(path)
    folders = {FILES, *(str(parent) for inside in binds for parent in Path(inside).parents)} - {"/"}
    words = [word for folder in sorted(folders) for word in ("--perms", "0755", "--dir", folder)]
    words += [word for inside, path in binds.items() for word in ("--ro-bind", path, inside)]
    words += [word for folder in [*_site_folders(), *_private_folders()] for word in ("--tmpfs", folder)]
    words += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(DISK_MB << 20), "--tmpfs", "/tmp"]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]


def _system() -> list[str]:
    """Files and folders of the system that Python needs."""
    prefix = os.path.realpath(sys.base_prefix)
    interpreter = _interpreter()
    paths = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/nix/store", prefix]
    return paths if interpreter.startswith(prefix + os.sep) else [*paths, interpreter]


def _interpreter() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _site_folders() -> list[str]:
    """Folders of installed packages that lie in what the sandbox shows: they are covered."""
    prefix = os.path.realpath(sys.base_prefix)
    names = {sysconfig.get_path(key, vars={"base": prefix, "platbase": prefix}) for key in ("purelib", "platlib")}
    names |= {os.path.realpath(folder) for folder in site.getsitepackages([prefix, "/usr", "/usr/local"])}
    names |= {str(path) for place in ("/usr/lib", "/usr/local/lib") for path in Path(place).glob("python3*/*-packages")}
    shown = (prefix + os.sep, "/usr/lib/", "/lib/")
    return sorted(name for name in names if name.startswith(shown) and os.path.isdir(name))


def _private_folders() -> list[str]:
    """The repository and the user's folders, should they lie in what the sandbox shows: they are covered too."""
    private = {ROOT, Path.home().resolve(), Path.cwd().resolve()}
    shown = [Path(path).resolve() for path in _system()]
    return sorted(str(one) for one in private if any(one.is_relative_to(path) for path in shown))


def _environment() -> dict[str, str]:
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    threads += ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return {
        **dict.fromkeys(threads, "1"),
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": os.path.join(os.path.realpath(sys.base_prefix), "lib"),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp",
        "PATH": "/usr/bin",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def _outer_environment() -> dict[str, str]:
    """For a trusted run: that of the user, without the secret seed."""
    return {
        **os.environ,
        **_environment(),
        **{name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ},
    } | {secret.VARIABLE: ""}


@lru_cache(maxsize=32)
def package_paths(packages: tuple[str, ...]) -> dict[str, Path]:
    """Where the importable packages, and what they require, are installed: entry of a site folder -> path.

    Raises
    ------
    SandboxError
        When one is not installed here.
    """
    entries: dict[str, Path] = {}
    queue = [name for package in packages for name in _owners(package)]
    seen: set[str] = set()
    while queue:
        name = queue.pop()
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if distribution.metadata["Name"] in seen:
            continue
        seen.add(distribution.metadata["Name"])
        folder = Path(str(distribution.locate_file("")))
        installed = folder.name in ("site-packages", "dist-packages")  # or it lies in somebody's working folder
        for top in {file.parts[0] for file in (distribution.files or () if installed else ())}:
            path = folder / top
            if not top.startswith(("..", "__")) and not top.endswith(".pth") and path.exists():
                entries[top] = path
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                queue.append(requirement.name)
    for name in ("softmax_lib", *packages):
        if (name in packages or "softmax-lib" in seen) and not {name, f"{name}.py"} & set(entries):
            entries |= _found(name)
    return dict(sorted(entries.items()))


def _owners(package: str) -> list[str]:
    """The distributions that install a package: mostly one of the same name."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return [importlib.metadata.distribution(package).metadata["Name"]]
    return [
        distribution.metadata["Name"]
        for distribution in importlib.metadata.distributions()
        if package in {file.parts[0].removesuffix(".py") for file in distribution.files or ()}
    ]


def _found(package: str) -> dict[str, Path]:
    """A package that is installed in place, or one that no distribution lists."""
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        return {package: Path(next(iter(spec.submodule_search_locations))).resolve()}
    if spec is not None and spec.origin and os.path.isfile(spec.origin):
        return {Path(spec.origin).name: Path(spec.origin).resolve()}
    raise SandboxError(f"the assignment allows the package {package}, which is not installed here")


_START = (
    "import sys; sys.dont_write_bytecode = True; sys.path[:0] = {paths!r}; "
    "from coursework.worker import main; main({control})"
)


class Nursery:
    """A warm process, in the sandbox unless `trusted`, that forks a process for each submission.

    It imports the packages while this process goes on; `start` waits until it is ready.
    """

    def __init__(self, limits: Limits, *, trusted: bool, nest: bool) -> None:
        self.limits = limits
        self.trusted = trusted
        self.nested: bool | None = None  # whether each submission has namespaces of its own; known once it is ready
        self._nest = nest
        ours, theirs = socket.socketpair()
        self.control = Channel(ours)
        self._folder = tempfile.TemporaryDirectory(prefix="coursework-")  # where a trusted run works
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        with theirs:
            self.process = subprocess.Popen(
                self._command(theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=_outer_environment() if trusted else _environment(),
                cwd=self._folder.name,
            )
        with contextlib.suppress(Disconnected):
            self.control.send(self._settings())

    def _wait(self) -> None:
        """Until it is ready."""
        if self.nested is not None:
            return
        wait = PRELOAD_SECONDS if self.limits.preload else START_SECONDS
        try:
            ready, _ = self.control.receive(deadline=Deadline(wait))
        except ProtocolError as error:
            self.process.kill()
            self.process.wait()
            self.errors.seek(0)
            said = self.errors.read()[-2000:].decode(errors="replace").strip() or "it said nothing"
            raise SandboxError(f"The sandbox did not start ({error}): {said}") from None
        self.nested = ready["nested"]

    def _command(self, control: int) -> list[str]:
        if self.trusted:
            start = _START.format(paths=[str(ROOT)], control=control)
            return [sys.executable, "-B", "-c", start]
        start = _START.format(paths=[CODE, PACKAGES], control=control)
        settings = [word for key, value in _environment().items() for word in ("--setenv", key, value)]
        return [*_isolation(), *_mounts(self.limits), *settings, _interpreter(), "-I", "-S", "-B", "-c", start]

    def _settings(self) -> dict[str, Any]:
        limits = self.limits
        return {
            "sandboxed": not self.trusted,
            "nest": self._nest,
            "forks": FORKS,
            "user": None if self.trusted else _user(),
            "preload": limits.preload,
            "files": FILES,
            "disk_mb": DISK_MB,
            "processes": PROCESSES,
            "memory_mb": limits.memory_mb,
            "spare_space_mb": 16_384 if limits.preload else 1024,  # address space that threads reserve and do not use
            "cpu_seconds": int(4 * limits.notebook_seconds + 200 * limits.call_seconds) + 1,
        }

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def start(self) -> Running:
        """Fork a process for a submission."""
        self._wait()
        channel, host = socket.socketpair()
        leash, keeper = socket.socketpair()
        with host, keeper:
            self.control.send({"op": "start"})
            self.control.send_sockets(host, keeper)
        return Running(Channel(channel), leash)

    def usage(self) -> tuple[float, int]:
        """CPU seconds that its submission has used, and how many of its processes want to run."""
        self.control.send({"op": "usage"})
        _, (seconds, runnable) = self.control.receive(deadline=Deadline(START_SECONDS))
        return seconds, runnable

    def close(self) -> None:
        """End it, and every process that it forked."""
        self.control.close()
        if self.trusted:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)  # with what the code has started
        self.process.kill()
        self.process.wait()
        self.errors.close()
        self._folder.cleanup()


@dataclass
class Running:
    """A student's process: the channel to it, and the leash that ends it."""

    channel: Channel
    leash: socket.socket

    def kill(self) -> bool:
        """End the process with all that it started; False when its end could not be seen."""
        self.channel.close()
        try:
            self.leash.settimeout(STOP_SECONDS)
            self.leash.shutdown(socket.SHUT_WR)
            return self.leash.recv(1) == b""
        except OSError:
            return False
        finally:
            self.leash.close()


class Pool:
    """Warm sandboxes for submissions of one assignment; a context manager.

    Where the system lets a nursery give its children namespaces of their own, one nursery serves them all. Elsewhere
    (and in a trusted run) each submission gets a nursery of its own, and the next one warms up meanwhile.

    Parameters
    ----------
    limits : what a submission may use and see
    trusted : run the code without any protection
    nest : False does without nested namespaces even where they are possible

    Raises
    ------
    SandboxError
        Where there is no sandbox and the run is not `trusted`.
    """

    def __init__(self, limits: Limits, *, trusted: bool = False, nest: bool = True) -> None:
        if trusted and os.name != "posix":
            raise SandboxError("Trusted runs need Linux or macOS; on Windows use the Windows Subsystem for Linux.")
        if not trusted:
            check_sandbox()
        self.limits = limits
        self.trusted = trusted
        self.forks = FORKS and not limits.preload  # TensorFlow has threads, which a copy of its process lacks
        self._nest = nest
        self._nurseries: list[Nursery] = []  # the one in use, and perhaps the next one, warming up

    def start(self) -> Running:
        """A fresh process for a submission."""
        for _ in range(3):
            if self._nurseries and not self._nurseries[0].alive:
                self._discard()
            if not self._nurseries:
                self._prepare()
            try:
                running = self._nurseries[0].start()
            except Disconnected:
                self._discard()
                continue
            if not self._reusable() and len(self._nurseries) == 1:
                self._prepare()
            return running
        raise SandboxError("The sandbox ends as soon as it starts.")

    def finish(self, running: Running) -> None:
        """End a process that `start` gave."""
        if not running.kill() or not self._reusable():
            self._discard()

    def starved(self) -> bool:
        """Whether the submission that runs wants to run and cannot, because the machine has too much to do."""
        if self.trusted or not self._nurseries:
            return False
        try:
            before, _ = self._nurseries[0].usage()
            time.sleep(_SAMPLE_SECONDS)
            after, runnable = self._nurseries[0].usage()
        except ProtocolError:
            return False
        return runnable > 0 and after - before < _SAMPLE_SECONDS / 2

    def _reusable(self) -> bool:
        return bool(self._nurseries and self._nurseries[0].nested) or (self.trusted and FORKS)

    def _prepare(self) -> None:
        self._nurseries.append(Nursery(self.limits, trusted=self.trusted, nest=self._nest))

    def _discard(self) -> None:
        if self._nurseries:
            self._nurseries.pop(0).close()

    def close(self) -> None:
        while self._nurseries:
            self._discard()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

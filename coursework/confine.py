"""What a process does to itself before it runs a student's code (Linux): namespaces, limits, a filter of system calls.

All of it is one-way: nothing here can be undone by the code that runs afterwards. It uses the C library through ctypes
because the standard library has none of it (`os.unshare` came with Python 3.12).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct

__all__ = ["enter_namespaces", "filter_system_calls", "hide_from_debuggers", "limit_resources", "virtual_memory"]

_NEW_NAMESPACES = 0x00020000 | 0x08000000 | 0x10000000 | 0x20000000  # mount, ipc, user, pid
_ANY_NAMESPACE = 0x7E020000  # every flag of clone(2) that makes a namespace
_READ_ONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_PDEATHSIG = 4, 22, 24, 38, 1
_CAPABILITY_VERSION_3 = 0x20080522


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def hide_from_debuggers(hidden: bool = True) -> None:
    """Make this process' memory and descriptors unreadable to others of the same user."""
    _check(_libc().prctl(_PR_SET_DUMPABLE, int(not hidden), 0, 0, 0), "prctl")


def enter_namespaces(disk_mb: int) -> None:
    """Leave all that siblings could share: own users, mounts, IPC and, for the next child, process ids.

    `/tmp` and `/dev/shm` become fresh and small, `/proc` a few harmless files: the real one tells of the processes
    outside, and a new one cannot be mounted here. The next fork is process 1 of its namespace:
    when it is killed, all that it started dies with it.

    Raises
    ------
    OSError
        Where the system forbids nested namespaces.
    """
    hide_from_debuggers(False)  # or the maps could not be written
    user, group = os.getuid(), os.getgid()
    _check(_libc().unshare(_NEW_NAMESPACES), "unshare")
    for name, text in [("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")]:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # should the machine run out of memory, this one goes first
    quiet = _NOSUID | _NODEV | _NOEXEC
    _mount("/tmp", quiet, f"size={disk_mb}m,nr_inodes=4096,mode=1777")
    _mount("/dev/shm", quiet, "size=16m,nr_inodes=256,mode=1777")
    _replace_proc(quiet)
    os.chdir("/tmp")


def _replace_proc(quiet: int) -> None:
    """Cover `/proc` by what TensorFlow looks up there: the processor, the memory, and the running program."""
    program = os.readlink("/proc/self/exe")
    texts = {}
    for name in ("cpuinfo", "meminfo"):
        with contextlib.suppress(OSError), open(f"/proc/{name}", "rb") as file:
            texts[name] = file.read()
    _mount("/proc", quiet, "size=4m,nr_inodes=16,mode=755")
    for name, text in texts.items():
        with open(f"/proc/{name}", "wb") as file:
            file.write(text)
    os.mkdir("/proc/self")
    os.symlink(program, "/proc/self/exe")
    with open("/proc/self/cmdline", "wb") as file:
        file.write(b"python\0notebook\0")
    _mount("/proc", quiet | _READ_ONLY | _REMOUNT, "")


def _mount(target: str, flags: int, options: str) -> None:
    _check(_libc().mount(b"tmpfs", target.encode(), b"tmpfs", flags, options.encode()), f"mount on {target}")


def drop_privileges() -> None:
    """Give up every capability, for good, and die with the parent."""
    libc = _libc()
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for numbers that this kernel does not know
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _check(libc.capset(header, bytes(24)), "capset")
    _check(libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")


def virtual_memory() -> tuple[int, int]:
    """Bytes of address space and of private data that this process has now."""
    sizes = {"VmSize": 0, "VmData": 0}
    with open("/proc/self/status") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = int(rest.split()[0]) << 10
    return sizes["VmSize"], sizes["VmData"]


def limit_resources(*, memory: tuple[int, int], cpu_seconds: int, disk_mb: int, processes: int) -> None:
    """Set hard limits; `memory` is address space and private data, in bytes."""
    limits = {
        resource.RLIMIT_AS: memory[0],
        resource.RLIMIT_DATA: memory[1],
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: disk_mb << 20,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_CORE: 0,
    }
    for name in ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE"):
        if hasattr(resource, name):
            limits[getattr(resource, name)] = 0
    for kind, wanted in limits.items():
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


# System calls that NumPy and Keras do without, with their numbers on x86-64 and on ARM: other processes, namespaces and
# mounts, sockets, kernel interfaces with a history, and memory that no limit counts.
_FORBIDDEN = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "socket": (41, 198),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "personality": (135, 92),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16


def filter_system_calls() -> bool:
    """Refuse the system calls above with an error; False on a machine whose numbers are not known here."""
    if platform.machine() not in _ARCHITECTURES:
        return False
    column, architecture = _ARCHITECTURES[platform.machine()]
    program = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, 0x40000000),  # the other calling convention of x86-64
        (_RETURN, 0, 0, _ERRNO | _ENOSYS),
        (_JUMP_EQUAL, 0, 1, _CLONE3[column]),  # its flags are out of reach; the C library then takes clone
        (_RETURN, 0, 0, _ERRNO | _ENOSYS),
    ]
    for numbers in _FORBIDDEN.values():
        program += [(_JUMP_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    program += [
        (_JUMP_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_JUMP_ANY_BIT, 0, 1, _ANY_NAMESPACE),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *instruction) for instruction in program))
    descriptor = struct.pack("@HP", len(program), ctypes.addressof(code))
    _check(_libc().prctl(_PR_SET_SECCOMP, 2, descriptor, 0, 0), "seccomp")
    return True

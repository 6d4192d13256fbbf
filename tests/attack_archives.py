"""Hostile and broken archives, built by code: what each holds, and what must come of it."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

WORK = b"def twice(x):\n    return x * 2\n\n\ndef attack():\n    return ''\n\n\ndef apply(function, x):\n    return function(x) + function(x)\n"
EVIL = b"raise SystemExit('ESCAPED')\n"
FULL = 10.0


class HostileArchive(NamedTuple):
    """One archive that a student hands in."""

    title: str
    ending: str  # of its name
    content: bytes
    says: str = ""  # a pattern in what the student reads
    points: float = 0.0


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], work: bool = True, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")  # one name twice
        for name, content in ([("work.py", WORK)] if work else []) + list(entries):
            archive.writestr(name, content)
    return stream.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def _renamed(name: bytes) -> bytes:
    """A zip with an entry whose name is exactly these bytes, not marked as UTF-8."""
    stand_in = b"@" * len(name)
    return _zip((stand_in.decode(), EVIL)).replace(stand_in, name)


def _tar(
    *members: tarfile.TarInfo | tuple[str, bytes], work: bool = True, mode: str = "w", form: int = tarfile.PAX_FORMAT
) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for member in ([("work.py", WORK)] if work else []) + list(members):
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
            else:
                archive.addfile(member)
    return stream.getvalue()


def _member(name: str, kind: bytes, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, mode
    info.devmajor, info.devminor = 1, 3
    return info


def _overlapping(copies: int) -> bytes:
    """One compressed block that many entries share, so that a small file unpacks to a large one."""
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = block.compress(bytes(1 << 20)) + block.flush()
    checksum = zlib.crc32(bytes(1 << 20))
    header = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, checksum, len(data), 1 << 20, 1, 0) + b"a"
    body = header + data
    table = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, checksum, len(data), 1 << 20, 1, 0, 0, 0, 0, 0, 0)
        + b"a"
        for _ in range(copies)
    )
    return body + table + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(table), len(body), 0)


def _encrypted() -> bytes:
    """Marked as encrypted in both of its headers."""
    content = bytearray(_zip())
    for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(sign) + place] |= 1
    return bytes(content)


def _nested(depth: int) -> bytes:
    content = _zip()
    for _ in range(depth):
        content = _zip(("inner.zip", content), work=False)
    return content


def _lying_size() -> bytes:
    """Its table says that an entry of 40 MB holds ten bytes."""
    content = bytearray(_zip(("large.py", b"#" * (40 << 20))))
    place = content.rindex(b"PK\1\2")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def _pax_path(path: str) -> bytes:
    """A tar whose harmless name is replaced by an extended header."""
    info = tarfile.TarInfo("harmless.py")
    info.size = len(EVIL)
    info.pax_headers = {"path": path}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(EVIL))
    return stream.getvalue()


UNSAFE = "leads out of its folder"
LINK = "is a link"
DEVICE = "device or pipe"
SAME = "same name"
BIG = "too (large|big|much|many)|at most|more than|unpacks"


def archives() -> dict[str, HostileArchive]:
    """All of them, by name."""
    make: dict[str, Callable[[], Iterable[object]]] = {
        # ---- names that lead outside
        "zip_dotdot": lambda: ("`../` in a zip", ".zip", _zip(("../escaped.py", EVIL)), UNSAFE),
        "zip_absolute": lambda: ("An absolute path in a zip", ".zip", _zip(("/tmp/escaped.py", EVIL)), UNSAFE),
        "zip_backslash": lambda: ("`..\\` in a zip", ".zip", _renamed(rb"..\..\escaped.py"), UNSAFE),
        "zip_drive": lambda: ("A drive's letter in a zip", ".zip", _renamed(rb"C:\escaped.py"), UNSAFE),
        "tar_dotdot": lambda: ("`../` in a tar", ".tar.gz", _tar(("a/../../escaped.py", EVIL), mode="w:gz"), UNSAFE),
        "tar_absolute": lambda: ("An absolute path in a tar", ".tar", _tar(("/tmp/escaped.py", EVIL)), UNSAFE),
        "tar_backslash": lambda: ("`..\\` in a tar", ".tar", _tar(("..\\escaped.py", EVIL)), UNSAFE),
        "tar_pax_path": lambda: ("A path in an extended header", ".tar", _pax_path("../../escaped.py"), UNSAFE),
        # ---- links
        "zip_symlink_write_through": lambda: (
            "A symbolic link, then a file written through it", ".zip",
            _zip((_entry("out", 0o120777), b"/tmp"), ("out/escaped.py", EVIL)), LINK,
        ),
        "tar_symlink_write_through": lambda: (
            "The same in a tar", ".tar",
            _tar(_member("out", tarfile.SYMTYPE, "/tmp"), ("out/escaped.py", EVIL)), LINK,
        ),
        "tar_symlink_to_hidden": lambda: ("A link to the course", ".tar", _tar(_member("x.py", tarfile.SYMTYPE, "/etc/passwd")), LINK),
        "tar_hardlink": lambda: ("A hard link to a file of the host", ".tar", _tar(_member("x.py", tarfile.LNKTYPE, "/etc/passwd")), LINK),
        # ---- things that are no files
        "tar_character_device": lambda: ("A character device", ".tar", _tar(_member("zero.py", tarfile.CHRTYPE)), DEVICE),
        "tar_block_device": lambda: ("A block device", ".tar", _tar(_member("disk.py", tarfile.BLKTYPE)), DEVICE),
        "tar_fifo": lambda: ("A FIFO, which blocks whoever opens it", ".tar", _tar(_member("pipe.py", tarfile.FIFOTYPE)), DEVICE),
        "zip_fifo": lambda: ("A FIFO in a zip", ".zip", _zip((_entry("pipe.py", 0o010644), b"")), DEVICE),
        "zip_device": lambda: ("A device in a zip", ".zip", _zip((_entry("disk.py", 0o060644), b"")), DEVICE),
        "zip_setuid": lambda: ("A setuid bit: the file counts, the bit does not", ".zip", _zip((_entry("tool.py", 0o104755), EVIL)), "", FULL),
        "tar_setuid": lambda: ("A setuid bit in a tar", ".tar", _tar(_member("tool.py", tarfile.REGTYPE, mode=0o6755)), "", FULL),
        # ---- bombs
        "zip_bomb": lambda: ("1000 : 1", ".zip", _zip(("zeros.py", bytes(30 << 20))), BIG),
        "zip_lying_size": lambda: ("A table that lies about sizes", ".zip", _lying_size(), f"{BIG}|damaged"),
        "zip_overlapping": lambda: ("Entries that share their bytes", ".zip", _overlapping(2000), f"{BIG}|{SAME}|damaged"),
        "zip_30000_entries": lambda: (
            "30,000 entries", ".zip", _zip(*((f"f{n}.py", b"") for n in range(30_000)), method=zipfile.ZIP_STORED), BIG,
        ),
        "tar_30000_entries": lambda: ("30,000 entries in a tar", ".tar.gz", _tar(*((f"f{n}.py", b"") for n in range(30_000)), mode="w:gz"), BIG),
        "gzip_bomb": lambda: ("1000 : 1 in a .tar.gz", ".tar.gz", gzip.compress(_tar(("zeros.py", bytes(30 << 20)))), BIG),
        "zip_deep": lambda: ("Folders 500 deep", ".zip", _zip(("/".join(["d"] * 500) + "/x.py", EVIL)), "deep|long|too"),
        "zip_long_name": lambda: ("A name of 60,000 letters", ".zip", _zip(("x" * 60_000 + ".py", EVIL)), "long|name"),
        "zip_nested": lambda: ("Archives in each other", ".zip", _nested(3), "none of the lab's files"),
        # ---- names that collide
        "zip_duplicate": lambda: ("One name twice", ".zip", _zip(("work.py", EVIL)), SAME),
        "tar_duplicate": lambda: ("One name twice in a tar", ".tar", _tar(("work.py", EVIL)), SAME),
        "zip_case_folded": lambda: ("Names that differ in case alone", ".zip", _zip(("WORK.py", EVIL)), SAME),
        "zip_unicode_normal": lambda: (
            "Names that differ in their Unicode form", ".zip", _zip(("caf\u00e9.py", b""), ("cafe\u0301.py", EVIL)), SAME,
        ),
        "zip_file_as_folder": lambda: ("A file that is a folder, too", ".zip", _zip(("work.py/x.py", EVIL)), f"{SAME}|folder"),
        # ---- names that are hard to read
        "zip_not_utf8": lambda: ("A name that is no UTF-8", ".zip", _renamed(b"\xff\xfe\x81.py"), "", FULL),
        "zip_ansi": lambda: ("Escape sequences in a name", ".zip", _zip(("\x1b[2J\x1b]0;INJECTED\x07.py", EVIL)), "name|character"),
        "zip_bidi": lambda: ("Directions of writing in a name", ".zip", _zip(("\u202eyp.krow\u202c.py", EVIL)), "name|character"),
        "zip_html": lambda: ("Script in a name", ".zip", _zip(("<script>alert('INJECTED')<b>.py", EVIL)), "", FULL),
        "zip_nul": lambda: ("A NUL character in a name", ".zip", _renamed(b"work.py\0.txt"), "name|character"),
        # ---- broken
        "zip_truncated": lambda: ("Half of an archive", ".zip", _zip(("more.py", EVIL * 99))[:150], "damaged"),
        "tar_truncated": lambda: ("Half of a tar", ".tar.gz", gzip.compress(_tar())[:60], "damaged"),
        "zip_encrypted": lambda: ("A password", ".zip", _encrypted(), "encrypted"),
        "zip_empty": lambda: ("Nothing in it", ".zip", _zip(work=False), "empty"),
        "zip_no_bytes": lambda: ("No bytes at all", ".zip", b"", "empty"),
        "zip_not_an_archive": lambda: ("Text by the name of an archive", ".zip", b"I did not have time, sorry\n", "damaged"),
        "zip_missing_file": lambda: ("The file that counts is missing", ".zip", _zip(("other.py", EVIL), work=False), "none of the lab's files"),
        # ---- odd, and right
        "zip_extra_files": lambda: (
            "Files that nobody asked for", ".zip",
            _zip(("notes.txt", b"x"), ("__MACOSX/._work.py", b"\0"), (".DS_Store", b"\0"), ("Thumbs.db", b"\0")), "", FULL,
        ),
        "zip_folder_in_folder": lambda: ("A folder within a folder", ".zip", _zip(("lab/attacked/work.py", WORK), work=False), "", FULL),
        "zip_windows_paths": lambda: ("Paths of Windows", ".zip", _zip(("lab/x.txt", b""), work=False).replace(b"lab/x.txt", b"lab\\x.txt"), "none of the lab's files"),
    }  # fmt: skip
    return {name: HostileArchive(*build()) for name, build in make.items()}  # type: ignore[arg-type]

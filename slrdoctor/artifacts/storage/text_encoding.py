"""Turn the bytes of a text file into text, whatever wrote them."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.storage.lfs_pointer import refuse_pointer
from slrdoctor.words.translation import known_words

LIMIT = 512 * 2**20  # bytes: text files of this field are far smaller, and all of it goes into memory
_BOMS = (  # utf-32 first: its little-endian mark begins with that of utf-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 65536  # bytes looked at to tell a wide encoding from binary
_LINE_END = re.compile(r"\r\n|\r|\n")
# no backspaces: a progress bar writes as many of them as the bar before it had characters
_CONTROL = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTES = bytes(i for i in range(256) if i < 8 or 14 <= i < 27 or 28 <= i < 32 or i == 127)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# of Japan, Korea, Taiwan, Russia, Poland, Turkey and the Arabic countries, before Unicode
_NATIONAL = ("cp932", "cp949", "big5", "cp1251", "cp1250", "cp1254", "cp1256")
_OTHERS = ("gb18030", "cp1252")  # what is taken where no words tell
_PROBED_RUNS = 2000  # runs of bytes over 127 that decide between Chinese and Western


def read_text(path: Path, limit: int = LIMIT) -> tuple[str, str]:
    """The text of a file and its encoding; raises Unreadable for binary and for over `limit` bytes."""
    try:
        size = path.stat().st_size
        if size > limit:
            message = (
                f"{size / 2**20:.0f} MiB of text: files of over {limit / 2**20:.0f} MiB are not read"
            )
            raise Unreadable(message, "refused")
        data = path.read_bytes()
    except PermissionError as error:
        raise Unreadable("permission denied", "permission") from error
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}", "corrupt") from error
    refuse_pointer(data)
    text, encoding = decode(data)
    if not text.strip():
        raise Unreadable("contains no text, only white space", "empty")
    return text, encoding


def decode(data: bytes) -> tuple[str, str]:
    """Decode bytes; raises Unreadable (encoding) for what is no text.

    In order: a byte order mark, UTF-32 and UTF-16 without one, UTF-8 (a cut last character
    and a few broken bytes are allowed), an older encoding of a country in which words are
    known, GB 18030, Windows-1252 and Latin-1. Nothing is
    normalised: combining forms and joiners stay as they are.
    """
    if data.startswith(codecs.BOM_UTF8):
        text, encoding = decode(data[len(codecs.BOM_UTF8) :])
        return text, "utf-8-sig" if encoding == "utf-8" else encoding
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_mark(data, encoding), encoding
    stripped = data.rstrip(b"\0")  # a crash leaves a log's last block filled with NUL
    if b"\0" in stripped:
        return _wide(data)
    try:
        text = stripped.decode("utf-8")
    except UnicodeDecodeError as error:
        return _narrow(stripped, error)
    return _without_controls(text), "utf-8"


def split_lines(text: str) -> list[str]:
    """Lines without their ends: LF, CRLF or a lone CR, and nothing else.

    `str.splitlines` would also cut at U+2028, U+0085 and form feeds, which occur inside texts.
    """
    lines = _LINE_END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _without_controls(text: str) -> str:
    if len(_CONTROL.findall(text[:_HEAD])) > 0.05 * min(len(text), _HEAD):
        raise Unreadable("binary, not text: full of control characters", "encoding")
    return text


def _with_mark(data: bytes, encoding: str) -> str:
    try:
        return _without_controls(data.decode(encoding))
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3:  # cut in the middle of its last character
            return data[: error.start].decode(encoding)
        raise Unreadable(f"begins as {encoding} but byte {error.start} is not", "encoding") from error


def _wide(data: bytes) -> tuple[str, str]:
    """UTF-16 or UTF-32 without a mark: NUL bytes at the same place of every unit, and nowhere else."""
    head = data[:_HEAD]
    zeros = [head[i::4].count(0) for i in range(4)]
    units = len(head) / 4
    candidates = []
    if zeros[3] >= units - 1 and zeros[2] > 0.5 * units:
        candidates.append("utf-32-le")
    if zeros[0] >= units - 1 and zeros[1] > 0.5 * units:
        candidates.append("utf-32-be")
    if zeros[0] + zeros[2] == 0:
        candidates.append("utf-16-le")
    if zeros[1] + zeros[3] == 0:
        candidates.append("utf-16-be")
    for encoding in candidates:
        whole = data[: len(data) - len(data) % (4 if "32" in encoding else 2)]
        try:
            text = whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text[:_HEAD]) and _is_likely_text(text[:_HEAD]):
            return text, encoding
    raise Unreadable("binary, not text: it contains NUL bytes", "encoding")


def _is_likely_text(text: str) -> bool:
    """Whether a decoded head has the white space and the assigned characters of text."""
    assigned = sum(c.isprintable() or c.isspace() for c in text)
    return assigned >= 0.98 * len(text) and any(c in " \n\t,:" for c in text)


def _national(data: bytes) -> str:
    """The older encoding in which a text has words that runs are described by, "" where none tells."""
    counts: dict[str, int] = {}
    for encoding in (*_OTHERS, *_NATIONAL):
        try:
            counts[encoding] = known_words(data.decode(encoding)[:_HEAD])
        except UnicodeDecodeError:
            continue
    best = max(counts, key=lambda encoding: counts[encoding], default="")
    return best if best in _NATIONAL and counts[best] else ""


def _narrow(data: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    """Decode what is not clean UTF-8."""
    if error.end >= len(data) and "unexpected end" in error.reason:
        return data[: error.start].decode("utf-8"), "utf-8"
    if len(data) and len(data[:_HEAD].translate(None, _CONTROL_BYTES)) < 0.99 * len(data[:_HEAD]):
        raise Unreadable("binary, not text: full of control characters", "encoding")
    near = data[max(0, error.start - _HEAD) : error.start + _HEAD].decode("utf-8", "replace")
    # a byte or two lost in a UTF-8 log must not turn all of its Bengali into Latin letters
    if sum(c > "\x7f" for c in near) > 3 * near.count("\ufffd"):
        lenient = data.decode("utf-8", "replace")
        return lenient, f"utf-8 with {lenient.count(chr(0xFFFD))} broken bytes"
    national = _national(data)
    if national:
        return data.decode(national), national
    runs = _HIGH_RUN.findall(data)[:_PROBED_RUNS]
    # GB 2312 writes every character as two high bytes; Western letters come alone
    if len(runs) >= 3 and all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs):
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"

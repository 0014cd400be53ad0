"""Write `slrdoctor.toml` so that `read_settings` reads what was meant, whatever a name holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.settings.read import KEYS
from slrdoctor.words.controls import one_line

# what a basic string of TOML may not hold as it is; \uXXXX serves for the rest of the controls
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass(frozen=True)
class Setting:
    """One key of a section with its value, and what is to be said of it in a comment."""

    key: str
    value: str | int
    comment: str = ""
    is_alternative: bool = False  # written as a comment: the key has another value already


Sections = Mapping[str, Sequence[Setting]]


def settings_text(sections: Sections, heading: str = "") -> str:
    """The text of slrdoctor.toml; sections without settings are left out.

    A value that no TOML file can hold, as a file name that is not UTF-8, is written as a comment.
    Raises ValueError for a section or key that `read_settings` does not know.
    """
    lines = [*(f"# {line}" for line in heading.splitlines()), ""] if heading else []
    for section, settings in sections.items():
        if section not in KEYS:
            raise ValueError(f"slrdoctor.toml has no section [{section}]")
        keys = KEYS[section]
        if keys is not None and (unknown := {s.key for s in settings} - set(keys)):
            raise ValueError(f"[{section}] has no key {', '.join(sorted(unknown))}")
        if settings:
            lines += [f"[{section}]", *map(_line, settings), ""]
    return "\n".join(lines)


def _line(setting: Setting) -> str:
    written = f"{_key(setting.key)} = {_value(setting.value)}"
    if not _is_unicode(f"{setting.key}{setting.value}"):
        return f"# {_commented(written)}  # cannot be written in TOML"
    said = f"  # {_commented(setting.comment)}" if setting.comment else ""
    return f"{'# or: ' if setting.is_alternative else ''}{written}{said}"


def _key(key: str) -> str:
    return key if key and _BARE.issuperset(key) else _value(key)


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(letter: str) -> str:
    return _SHORT.get(letter) or one_line(letter)


def _is_unicode(text: str) -> bool:
    """Whether a text can be UTF-8: names of files that are not hold lone surrogates."""
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def _commented(text: str) -> str:
    """One line without what a comment of TOML may not hold."""
    plain = text.encode("utf-8", "replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())

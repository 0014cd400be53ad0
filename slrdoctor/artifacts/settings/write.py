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
    value: str | int | Sequence[str]
    comment: str = ""
    comments: Sequence[str] = ()  # one for each of several values
    is_guess: bool = False  # written as a comment: it counts where the user takes the # away
    is_alternative: bool = False  # likewise, and another value of the key stands before it
    is_unknown: bool = False  # `value` is a question mark: the user is to write one


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
            lines += [f"[{section}]", *(line for s in settings for line in _lines(s)), ""]
    return "\n".join(lines)


def _lines(setting: Setting) -> list[str]:
    mark = "# or: " if setting.is_alternative else "# " if setting.is_guess else ""
    if setting.is_unknown:
        return [f"# {_key(setting.key)} = {setting.value}{_said(setting.comment)}"]
    if not _is_unicode(f"{setting.key}{setting.value}"):
        values = [setting.value] if isinstance(setting.value, (str, int)) else setting.value
        written = ", ".join(_value(value) for value in values)
        return [f"# {_commented(f'{_key(setting.key)} = {written}')}  # cannot be written in TOML"]
    if isinstance(setting.value, (str, int)) or len(setting.value) == 1:
        [value] = [setting.value] if isinstance(setting.value, (str, int)) else setting.value
        return [f"{mark}{_key(setting.key)} = {_value(value)}{_said(setting.comment)}"]
    comments = [*setting.comments, *[""] * len(setting.value)]
    return [
        f"{mark}{_key(setting.key)} = [{_said(setting.comment)}",
        *(f"{mark}    {_value(v)},{_said(c)}" for v, c in zip(setting.value, comments, strict=False)),
        f"{mark}]",
    ]


def _said(comment: str) -> str:
    return f"  # {_commented(comment)}" if comment else ""


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

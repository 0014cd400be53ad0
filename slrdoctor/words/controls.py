"""Characters that a terminal obeys, or that hide or turn round the text about them.

Letters and marks of every script stay as they are, joiners such as those of Persian and Bengali too.
"""

from __future__ import annotations

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))  # C0, delete and C1
_ORDER = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # embeddings, overrides and isolates
_HIDDEN = (*range(0x206A, 0x2070), 0x2028, 0x2029, 0xFEFF, *range(0xFFF9, 0xFFFC))

# as JSON and TOML write them: a document stays one, and keeps its values
ESCAPES = {code: f"\\u{code:04x}" for code in (*_CONTROLS, *_ORDER, *_HIDDEN)}
ESCAPES_OF_LINES = {code: to for code, to in ESCAPES.items() if chr(code) not in "\n\t"}


def escaped(text: str) -> str:
    """The text with these characters visible; its own line ends and tabs stay."""
    return text.translate(ESCAPES_OF_LINES)


def one_line(text: str) -> str:
    """The same for what must stay on one line."""
    return text.translate(ESCAPES)

"""Tokens of a vocabulary that stand for no gloss: blank, padding, start, end, unknown, a language."""

from __future__ import annotations

import re

_BRACKETED = re.compile(r"<[^<>\s]*>|\[[A-Za-z_]{2,}\]|<\|[^|]*\|>")
_LANGUAGE = re.compile(r"[a-z]{2}_[A-Z]{2,3}")
_BARE = frozenset(
    [
        "pad",
        "unk",
        "bos",
        "eos",
        "sos",
        "blank",
        "blk",
        "oov",
        "__pad__",
        "__unk__",
        "__blank__",
        "_pad_",
    ]
)
# those of the CTC blank, the likeliest first; the bare ones may be signs
_SURELY_BLANK = ("<blank>", "<blk>", "[blank]", "<ctc>", "<ctc_blank>", "<si>", "__blank__")
BLANKS = (*_SURELY_BLANK, "<eps>", "blank", "blk")
UNWRITTEN = ("-", "_", "", "∅")  # what stands for nothing; the blank where it is first or last


def is_special(token: str, at_an_end: bool) -> bool:
    """Whether a token stands for no gloss; a bare word only at an end: BLANK can be a sign."""
    if token in UNWRITTEN or _BRACKETED.fullmatch(token) or _LANGUAGE.fullmatch(token):
        return True
    return at_an_end and token.lower() in _BARE


def is_blank_token(token: str) -> bool:
    """Whether a token can be nothing but the CTC blank."""
    return token.strip().lower() in _SURELY_BLANK

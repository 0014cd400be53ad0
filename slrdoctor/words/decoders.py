"""The search that hypotheses come from, by the name of what holds them."""

from __future__ import annotations

import re

_DECODERS = {
    "greedy": re.compile(r"(?i)(?<![a-z])(?:greedy|best_?path|argmax)(?![a-z])"),
    "beam": re.compile(r"(?i)(?<![a-z])(?:beam(?:_?search)?|bw|bs)[_.-]?\d*(?![a-z])"),
}


def decoder_of(name: str) -> str:
    """`greedy` or `beam` where a name says so, as `dev_wer_greedy` and `dev.beam10.csv` do; else ""."""
    return next((decoder for decoder, words in _DECODERS.items() if words.search(name)), "")

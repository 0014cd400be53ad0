"""Lines of a log that are no numbers but tell of trouble: scorer errors, skipped batches, devices."""

from __future__ import annotations

import re

# kind -> (literals of which a line holds one, in lower case; what the line must look like)
_KINDS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "scorer-error",
        ("sclite", "conv_ret", "unexpected error", "scor", "ctm", "evaluat", "jiwer", "wer", "bleu"),
        re.compile(
            r"(?i)unexpected error:|sclite.*(?:not found|no such file|denied|cannot|error|fail)|conv_ret|"
            r"(?:no such file|permission denied|not found).*sclite|mergectmstm|"
            r"(?:evaluation|scoring|scorer|sclite|computing (?:the )?(?:wer|bleu)|wer|bleu)\W+(?:\w+\W+){0,3}"
            r"(?:failed|crashed|error:|exception)|(?:error|exception|failed|could not)\b.{0,40}\b"
            r"(?:evaluat|scor(?:e|ing)|sclite|comput\w+ (?:the )?(?:wer|bleu))"
        ),
    ),
    (
        "nan-batch",
        ("nan", " inf", "=inf", "finite", "skip"),
        re.compile(
            r"(?i)loss (?:is|was|became)\s+(?:nan|inf|not finite|infinite)|(?:nan|inf|infinite|non-?finite)\W+(?:\w+\W+){0,2}loss|"
            r"skip\w*\W+(?:\w+\W+){0,3}batch|batch\W+(?:\w+\W+){0,3}skipped|"
            r"(?:nan|inf)\b.{0,30}\b(?:detected|encountered|found|skipp|ignor)|"
            r"(?:detected|encountered|found|skipping|ignoring)\b.{0,30}\b(?:nan|inf)\b"
        ),
    ),
    (
        "device",
        ("cuda", "gpu", "cpu", "device", "mps"),
        re.compile(
            r"(?i)(?:using|on|running|use|selected|training|computation)\W+(?:\w+\W+){0,3}(?:cpu|cuda|gpu|mps)\b|"
            r"device\w*\s*(?:[:=]|is|set to|type)?\s*['\"(]*(?:type=')?(?:cpu|cuda|gpu|mps)\b|"
            r"(?:cuda|gpu)s?\W+(?:is |are )?(?:not )?(?:available|found|enabled|compiled|visible)|"
            r"not compiled with cuda|no (?:cuda|gpu)|without (?:cuda|gpu)|could not (?:load|find) .*cud|"
            r"cuda\.is_available|gpu available: \w+, used"
        ),
    ),
    (
        "stage",
        ("stage", "phase", "freez", "curriculum", "warm", "switch", "fine-tun", "finetun"),
        re.compile(
            r"(?i)\b(?:stage|phase|curriculum(?: level)?)\s*[:#=]?\s*(?:\d+|[ivx]{1,3}\b)|"
            r"\b(?:start|begin|enter|switch|mov)\w*\W+(?:\w+\W+){0,3}(?:stage|phase|curriculum|fine-?tun)|"
            r"\bun-?fr(?:eez|ozen)|\bfreez|\bwarm-?up (?:ended|finished|done|complete|over)|\bswitching to\b"
        ),
    ),
    (
        "schedule",
        ("learning rate", "lr "),
        re.compile(
            r"(?i)(?:reduc|lower|decay|decreas|adjust|drop)\w*\W+(?:\w+\W+){0,2}(?:learning rate|lr)\b"
        ),
    ),
    (
        "error",
        ("error", "traceback", "killed", "exception", "interrupt", "out of memory"),
        re.compile(
            r"^Traceback \(most recent|^\s*(?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b(?::|$)|"
            r"(?i:out of memory)|^Killed|(?i:segmentation fault)"
        ),
    ),
)


def stage_of(line: str) -> str:
    """The stage that a line of kind "stage" names: two lines of one stage give the same."""
    match = _KINDS[3][2].search(line)
    return " ".join(match[0].lower().split()) if match else ""


def kind_of(line: str) -> str:
    """scorer-error, nan-batch, device, stage, schedule or error; "" for an ordinary line."""
    lower = line.lower()
    for kind, literals, pattern in _KINDS:
        if any(literal in lower for literal in literals) and pattern.search(line):
            return kind
    return ""

"""WLASL I3D: standard output, a training line every ten steps and one validation an epoch."""

from slrdoctor.artifacts.kinds.history.log_text.lines import Line, LogFormat, by_patterns

_LOSSES = (
    r"Loc Loss:\s*(?P<loc_loss>{n})\s+Cls Loss:\s*(?P<cls_loss>{n})\s+Tot Loss:\s*(?P<tot_loss>{n})"
    r"\s+Accu\s*:\s*(?P<accu>{n})"
)

LOG = LogFormat(
    name="WLASL I3D",
    read=by_patterns(
        Line("Loc Loss:", r"Epoch (?P<epoch>\d+) train " + _LOSSES, split="train", part=True),
        Line("Loc Loss:", r"Epoch (?P<epoch>\d+) (?:test|val) " + _LOSSES, split="dev"),
        Line("Loc Loss:", r"VALIDATION:\s*\w+ " + _LOSSES, split="dev"),
    ),
)

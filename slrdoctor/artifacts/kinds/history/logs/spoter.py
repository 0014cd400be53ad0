"""SPOTER: `[12] TRAIN  loss: 1.2 acc: 0.4`, `[12] VALIDATION  acc: 0.3`."""

from slrdoctor.artifacts.kinds.history.log_text.lines import Line, LogFormat, by_patterns

LOG = LogFormat(
    name="SPOTER",
    read=by_patterns(
        Line(
            "TRAIN",
            r"\[(?P<epoch>\d+)\]\s+TRAIN\s+loss:\s*(?:tensor\()?(?P<loss>{n}).*?acc:\s*\(?(?P<acc>{n})",
            split="train",
        ),
        Line("VALIDATION", r"\[(?P<epoch>\d+)\]\s+VALIDATION\s+acc:\s*\(?(?P<acc>{n})", split="dev"),
    ),
)

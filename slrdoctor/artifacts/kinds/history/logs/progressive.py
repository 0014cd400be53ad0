"""ProgressiveTransformersSLP: `train.log`, `validations.txt` (Body and Hand DTW are always nan)."""

from slrdoctor.artifacts.kinds.history.log_text.lines import Line, LogFormat, by_patterns

LOG = LogFormat(
    name="ProgressiveTransformers",
    read=by_patterns(
        Line(
            "total training loss",
            r"Epoch\s+(?P<epoch>\d+): total training loss\s+(?P<total_training_loss>{n})",
        ),
        Line(
            "Batch Loss:",
            r"Epoch\s+(?P<epoch>\d+) Step:\s+(?P<step>\d+) Batch Loss:\s+(?P<batch_loss>{n})"
            r" Tokens per Sec:\s+\d+, Lr: (?P<lr>{n})",
            split="train",
            part=True,
        ),
        Line(
            "DTW:",
            r"Steps: (?P<step>\d+) Loss: (?P<loss>{n})\| DTW: (?P<dtw>{n})\| .*?LR: (?P<lr>{n})",
            split="dev",
            part=True,
        ),
    ),
)

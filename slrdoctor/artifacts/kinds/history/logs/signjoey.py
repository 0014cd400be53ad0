"""signjoey (neccam/slt) and what is built on it: `train.log`, `validations.txt`."""

from slrdoctor.artifacts.kinds.history.log_text.lines import Line, LogFormat, by_patterns

LOG = LogFormat(
    name="signjoey",
    read=by_patterns(
        Line(
            "Batch ",
            r"\[Epoch:\s*(?P<epoch>\d+)\s+Step:\s*(?P<step>\d+)\]\s*"
            r"(?:Batch Recognition Loss:\s*(?P<recognition>{n})"
            r"\s*=>\s*Gls Tokens per Sec:\s*[-\w.+]+\s*\|\|\s*)?"
            r"(?:Batch Translation Loss:\s*(?P<translation>{n})"
            r"\s*=>\s*Txt Tokens per Sec:\s*[-\w.+]+\s*\|\|\s*)?"
            r"Lr:\s*(?P<lr>{n})",
            split="train",
            part=True,
            names=(("recognition", "Batch Recognition Loss"), ("translation", "Batch Translation Loss")),
        ),
        Line(
            "Total Training Recognition Loss",
            r"Epoch\s+(?P<epoch>\d+):\s*Total Training Recognition Loss\s*(?P<recognition>{n})"
            r"\s+Total Training Translation Loss\s*(?P<translation>{n})",
            split="train",
            names=(
                ("recognition", "Training Recognition Loss"),
                ("translation", "Training Translation Loss"),
            ),
        ),
        Line(
            "Eval Metric:",
            r"Steps:\s*(?P<step>\d+)\s+Recognition Loss:\s*(?P<recognition>{n})"
            r"\s+Translation Loss:\s*(?P<translation>{n})"
            r"\s+PPL:\s*(?P<ppl>{n})\s+Eval Metric:\s*\w+\s+WER\s*(?P<wer>{n})\s*\(DEL:\s*(?P<del_>{n}),"
            r"\s*INS:\s*(?P<ins>{n}),\s*SUB:\s*(?P<sub>{n})\)\s*BLEU-4\s*(?P<bleu4>{n})\s*\(BLEU-1:[^)]*\)"
            r"\s*CHRF\s*(?P<chrf>{n})\s*ROUGE\s*(?P<rouge>{n})\s*LR:\s*(?P<lr>{n})",
            split="dev",
            part=True,
            names=(
                ("recognition", "Recognition Loss"),
                ("translation", "Translation Loss"),
                ("del_", "DEL"),
            ),
        ),
    ),
)

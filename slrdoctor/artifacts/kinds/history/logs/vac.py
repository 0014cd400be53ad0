"""VAC, CorrNet, SEN, SignGraph and AdaptSign: `work_dir/log.txt`, `dev.txt`, `test.txt`."""

from slrdoctor.artifacts.kinds.history.log_text.lines import Line, LogFormat, by_patterns

LOG = LogFormat(
    name="VAC family",
    read=by_patterns(
        Line(
            "Batch(",
            r"Epoch:\s*(?P<epoch>\d+),\s*Batch\((?P<batch>\d+)/(?P<batches>\d+)\)\s*done\."
            r"\s*Loss:\s*(?P<loss>{n})\s+lr:(?P<lr>{n})",
            split="train",
        ),
        # the loss ends the sentence: its full stop is no decimal point
        Line(
            "Mean training loss",
            r"Mean training loss:\s*(?P<mean_training_loss>-?(?:\d+\.\d+|\d+|nan|inf))\.?\s*$",
        ),
        Line("WER:", r"^\W*(?:\[[^\]]*\]\s*)?(?P<split>Dev|Test) WER:\s*(?P<wer>{n})\s*(?P<percent>%)?"),
        # dev.txt and test.txt; SEN leaves the percent sign out
        Line("Epoch", r"Epoch\s+(?P<epoch>\d+),\s*(?P<split>dev|test)\s+(?P<wer>{n})\s*(?P<percent>%)?"),
        Line(
            "wer:",
            r"Epoch:\s*(?P<epoch>\d+)\s+(?P<split>dev|test) done\.\s+Conv wer:\s*(?P<conv_wer>{n})"
            r"\s+ins:(?P<conv_ins>{n}),\s*del:(?P<conv_del>{n})",
        ),
        Line(
            "wer:",
            r"Epoch:\s*(?P<epoch>\d+)\s+(?P<split>dev|test) done\.\s+LSTM wer:\s*(?P<lstm_wer>{n})"
            r"\s+ins:(?P<ins>{n}),\s*del:(?P<del_>{n})",
            names=(("del_", "del"),),
        ),
    ),
)

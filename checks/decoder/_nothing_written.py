"""A decoder that ends before its first word, whatever is signed."""

from slrdoctor.api import (
    Evidence,
    Finding,
    Fix,
    LoggedEpochs,
    ShuffledHypotheses,
    Task,
    Threshold,
)

EPOCHS = Threshold(5, "measured on healthy models: nothing but blanks in epochs 1 to 5")


def writes_nothing(
    test: ShuffledHypotheses, task: Task | None, logged: LoggedEpochs | None, samples: Threshold
) -> bool:
    """Whether enough hypotheses are all empty after enough epochs; CTC has a check of its own."""
    is_ctc = task is not None and task.name == "ctc"
    is_early = logged is not None and logged.epochs < EPOCHS.value
    return test.empty == test.samples >= samples.value and not is_ctc and not is_early


def nothing_written(test: ShuffledHypotheses, samples: Threshold) -> Finding:
    return Finding(
        f"all of {test.samples} stored hypotheses are empty: the model puts out blanks, or its end at "
        "once",
        (
            Evidence("empty hypotheses", test.empty, test.read_from, "", samples),
            Evidence("different references", test.distinct_references, test.read_from),
        ),
        (
            Fix(
                "Print the decoder's raw output before special tokens are removed.",
                "print(ids[0], tokenizer.decode(ids[0], skip_special_tokens=False))",
            ),
            Fix("Check which index is the blank or the end, in the loss and in the decoder."),
            Fix("Overfit five samples.", "slrdoctor overfit RUN_DIR --samples 5"),
        ),
    )

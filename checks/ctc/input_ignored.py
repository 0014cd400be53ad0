"""CTC412: are the losses those of a model that does not see its input?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    SettledLosses,
    Threshold,
    check,
)

BLIND_TRAIN_LOSS = Threshold(
    0.9, "measured on a BiLSTM-CTC whose features were shuffled among samples: 0.97, as it memorises"
)
BLIND_DEV_LOSS = Threshold(0.97, "measured on the same: 1.01; no constant output gets below 1")
EPOCHS = Threshold(
    5, "measured on a healthy BiLSTM-CTC: its dev loss is below that of a blind model from epoch 2 on"
)
TIMES_BLIND = "times that of a model that ignores its input"
FIXES = (
    Fix(
        "Print a batch as the model gets it, and check that features and glosses belong together.",
        "for ids, x, y in loader: print(ids, x.shape, x.mean((1, 2)), x.std((1, 2)), y); break",
    ),
    Fix(
        "Overfit five samples: a model that works brings their loss to 0.",
        "slrdoctor overfit RUN_DIR --samples 5",
    ),
    Fix(
        "Check that the output changes with the input.",
        "print((model(x) - model(torch.zeros_like(x))).abs().max())  # 0: the input never arrives",
    ),
)


@check(
    "CTC412",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC411", "CTC413", "CTC414", "DEC801", "TRN505", "EVL904"),
    shows=(NOTHING_LEARNED,),
)
def input_ignored(losses: SettledLosses) -> Findings:
    """Training and dev loss stand where a model gets that ignores its input.

    Why it matters: One constant output already brings CTC's loss from tens of nats per token down to a
    few. A model that gets no further has learned how often glosses occur and nothing of how they
    look. Its features carry no signal, do not belong to the labels, or do not arrive.

    Judged by: After five epochs or more, the training loss is at least 0.9 and the dev loss at least
    0.97 of what a model reaches without its input: the least CTC loss of one constant distribution
    over the classes. Losses are those of the log where its reduction is known, else those of stored
    log-probabilities. Both splits have to be known.

    Fix: Look for the break between features, labels and model, in this order.

    References: Karpathy 2019, A Recipe for Training Neural Networks (input-independent baseline);
    Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    if not (losses.train >= BLIND_TRAIN_LOSS.value and losses.dev >= BLIND_DEV_LOSS.value):
        return losses.sentence
    if losses.epochs is not None and losses.epochs < EPOCHS.value:
        few = f"after only {losses.epochs} epochs"
        raise NotJudged(f"{few} the {losses.sentence}", "train longer", looks_ill=True)
    after = f"after {losses.epochs} epochs " if losses.epochs is not None else ""
    yield Finding(
        f"{after}the training loss is {losses.train:.2f} and the dev loss {losses.dev:.2f} times what a "
        f"model reaches without looking at its input ({losses.floor:.2f} nats per token)",
        (
            Evidence("training loss", losses.train, losses.read_from, TIMES_BLIND, BLIND_TRAIN_LOSS),
            Evidence("dev loss", losses.dev, losses.read_from, TIMES_BLIND, BLIND_DEV_LOSS),
            Evidence(
                "loss of a model that ignores its input", losses.floor, losses.read_from,
                "nats per token",
            ),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )  # fmt: skip

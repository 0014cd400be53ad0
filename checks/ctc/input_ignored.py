"""CTC412: do the losses stand where a model gets that does not see its input?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, LIKELY, Evidence, Finding, Fix, SettledLosses, Threshold, check

TRAIN = Threshold(
    0.9, "measured on a BiLSTM-CTC whose features were shuffled among samples: 0.97, as it memorises"
)
DEV = Threshold(0.97, "measured on the same: 1.01; no constant output does better than 1")
EPOCHS = Threshold(
    5, "measured on a healthy BiLSTM-CTC: its dev loss is under the floor from epoch 2 on"
)
FIXES = (
    Fix(
        "Print ten samples as the model gets them, and see that features and glosses belong together.",
        "for ids, x, y in loader: print(ids, x.shape, x.mean((1, 2)), x.std((1, 2)), y); break",
    ),
    Fix(
        "Overfit five samples: what works brings their loss to 0.",
        "slrdoctor overfit RUN_DIR --samples 5",
    ),
    Fix(
        "See that the output changes with the input.",
        "print((model(x) - model(torch.zeros_like(x))).abs().max())   # 0: the input does not arrive",
    ),
)


@check(
    "CTC412",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC411", "CTC413", "CTC414", "DEC801", "TRN505", "EVL904"),
)
def input_ignored(losses: SettledLosses) -> Iterator[Finding]:
    """Training and dev loss stand at the floor of a model that ignores its input.

    Why it matters: one constant output already brings CTC's loss from tens of nats a token to a
    few. A model that gets no further has learned how often glosses occur, and nothing of how
    they look: its features carry no signal, do not belong to the labels, or do not arrive.

    Judged by: after five epochs or more, the training loss at 0.9 of the input-blind floor or
    above it, and the dev loss at 0.97 of it or above. The floor is the least CTC loss of one
    constant distribution over the classes. Losses are those of the log, once its reduction is
    known, else those of stored log-probabilities; both splits have to be known.

    Fix: look for the break between features, labels and model, in this order.

    References: Karpathy 2019, A Recipe for Training Neural Networks (input-independent baseline);
    Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    if losses.epochs is not None and losses.epochs < EPOCHS.value:
        return
    if not (losses.train >= TRAIN.value and losses.dev >= DEV.value):
        return
    after = f"after {losses.epochs} epochs " if losses.epochs is not None else ""
    yield Finding(
        f"{after}the training loss is {losses.train:.2f} and the dev loss {losses.dev:.2f} times the "
        f"{losses.floor:.2f} nats a token that a model reaches without looking at its input",
        (
            Evidence("training loss over the floor", losses.train, losses.read_from, limit=TRAIN),
            Evidence("dev loss over the floor", losses.dev, losses.read_from, limit=DEV),
            Evidence("input-blind floor", losses.floor, losses.read_from, "nats a token"),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )

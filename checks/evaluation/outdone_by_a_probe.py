"""EVL913: does a linear probe of the same features do what the run does not?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    ProbeComparison,
    RepeatedNgrams,
    Threshold,
    check,
)

EPOCHS = Threshold(
    5,
    "measured: eleven public classifiers that learn are beyond guessing in their first epoch; a healthy "
    "BiLSTM-CTC gives blanks in epochs 1 to 3",
)
LOOPING = Threshold(0.2, "a fifth of the hypotheses, which may cost half of the score")
IN_USE = Threshold(5, "with fewer different tokens the output has collapsed, which is another fault")
IN_EVALUATION = (
    Fix(
        "Score the training clips with the code that scores dev: they must score as in training.",
        "print(evaluate(model, train_set), evaluate(model, dev_set))",
    ),
    Fix(
        "Compare what the model gets in training and in evaluation: normalisation, frame rate, padding, "
        "order of frames, order of classes; and the mode, model.eval().",
        "for x, _ in (train_set[0], dev_set[0]): print(x.shape, x.mean(), x.std())",
    ),
    Fix("Load the checkpoint that was trained, with strict=True, before you score."),
    Fix("Where the training clips score well there, take a simpler model: a linear one does better."),
)
IN_TRAINING = (
    Fix("Overfit five samples: their loss must go to 0.", "slrdoctor overfit RUN_DIR --samples 5"),
    Fix(
        "Print a batch as the model gets it, and compare it with the files and their labels.",
        "for ids, x, y in loader: print(ids, x.mean((1, 2)), x.std((1, 2)), y); break",
    ),
    Fix(
        "Check that the optimizer has every parameter, and that each gets a gradient.",
        "for n, p in model.named_parameters(): print(n, None if p.grad is None else p.grad.norm())",
    ),
)


@check(
    "EVL913",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("DEC801", "EMB701", "EVL904", "EVL905", "TRN502", "TRN504", "TRN505"),
    shows=(NOTHING_LEARNED,),
)
def outdone_by_a_probe(compared: ProbeComparison, repeated: RepeatedNgrams | None) -> Findings:
    """The features carry over to dev, and the run has next to nothing of it.

    Why it matters: A linear model of a few numbers a clip finds in the stored features what the run
    does not. So neither the data nor the labels are at fault, and more data or augmentation do not
    help: the break is between the files and the score, in the loader, the model, its training or the
    evaluation.

    Judged by: A ridge regression is fitted on the stored training clips (means, thirds, motion) and
    scored on the clips of dev that training does not have. All of these have to hold:
    - It is beyond what it reaches with permuted labels by five standard deviations, and goes at least
      a fifth of the way from guessing to perfect.
    - The best score of the run, after five epochs or more, goes a third of the probe's way or less.
      An accuracy, a recall or a BLEU is compared with the probe's own; stored gloss sequences by the
      glosses that occur in them; a WER that is only logged counts where it is that of a blind answer.
    - Fewer than a fifth of the stored hypotheses repeat a phrase again and again: where a decoder
      never ends, the score says little of the model.
    - The training loss does not fall any more, or the training samples are known. A run that knows
      those may only overfit: it counts where it goes a tenth of the way to perfect or less.

    Fix: Where the training samples are known, score them with the code that scores dev. Where they
    fail there too, compare training with evaluation: mode, normalisation, padding, order of frames
    and of classes, the checkpoint. Where they do not, take a simpler model. Else overfit five
    samples, and look at batches as the model gets them.

    References: Alain and Bengio 2016, Understanding intermediate layers using linear classifier
    probes; Ojala and Garriga 2010, Permutation tests for studying classifier performance
    """
    own = compared.own
    if own is None:
        raise NotJudged(
            f"no score of the run on {compared.probe.split} can be compared with the probe's",
            "log the score of every epoch, or store the predictions",
        )
    if not compared.is_far_better:
        return compared.sentence
    if not own.of_predictions and own.evaluations < EPOCHS.value:
        raise NotJudged(f"the run was scored {own.evaluations} times; it takes {EPOCHS.value:g}")
    if compared.still_falls and not compared.fit:
        raise NotJudged("the training loss still falls: the run may be on its way", "train for longer")
    if repeated is not None and repeated.share > LOOPING.value and repeated.distinct >= IN_USE.value:
        raise NotJudged(f"{repeated.sentence}, and the score is of these", "score hypotheses that end")
    where = "; look between the files and the model"
    if compared.fit:
        where = f"; {compared.fit}: score the training clips with the code that scores dev"
    limit = Threshold(
        compared.most, "a third of the probe's way, or a tenth of all where train is known"
    )
    unit = "of the way from guessing to perfect"
    yield Finding(
        f"the features carry over to {compared.probe.split}, and the run does not: a linear probe of "
        f"{compared.probe.training_clips} training clips {compared.reached}, where the best of "
        f"the run is {own.shown}{where}",
        (
            Evidence(f"the run's best {own.quantity}", own.gain, own.read_from, unit, limit),
            Evidence("the probe", compared.gain, compared.probe.read_from, unit),
            Evidence(
                "the probe above permuted labels",
                compared.probe.auc.sigmas,
                compared.probe.read_from,
                "standard deviations",
            ),
        ),
        IN_EVALUATION if compared.fit else IN_TRAINING,
        verify="" if compared.fit else "slrdoctor overfit RUN_DIR --samples 5",
    )

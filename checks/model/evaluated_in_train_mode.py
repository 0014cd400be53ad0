"""MDL611: did batch normalisation count the batches of dev?"""

from slrdoctor.api import (
    FAILS_ON_DEV,
    LIKELY,
    MISLEADS,
    CountedBatches,
    Evidence,
    Finding,
    Findings,
    Fix,
    check,
)


@check("MDL611", severity=MISLEADS, confidence=LIKELY, explains=(FAILS_ON_DEV, "EVL913"))
def evaluated_in_train_mode(batches: CountedBatches) -> Findings:
    """Batch normalisation counted the batches of dev: the model was scored in train mode.

    Why it matters: In train mode batch normalisation takes the statistics of the batch, and learns
    them from held-out samples; dropout removes parts of the model. The scores depend on the batch,
    and the checkpoint has seen dev.

    Judged by: All of these have to hold:
    - The counters of batch normalisation exceed the steps of the optimizer in a checkpoint of the
      third epoch or later, by as many batches in every epoch.
    - These are the batches that dev has by some batch size: by one that gives the steps of training
      too, or by any where another checkpoint has the same counts per epoch. A run that was resumed
      without its optimizer has not.
    - They are under three quarters of the steps: accumulated gradients give a multiple of them.

    Fix: Call `model.eval()` before the evaluation, and `model.train()` after it.

    References: torch.nn.BatchNorm1d, num_batches_tracked; torch.nn.Module.eval.
    """
    if not batches.more:
        return batches.sentence
    where = batches.read_from
    yield Finding(
        f"in {where}, batch normalisation counted {batches.counted:,} batches where the optimizer took "
        f"{batches.steps:,} steps: {batches.more} more in each of {batches.epochs} epochs, as many as "
        f"the {batches.dev_samples} samples of dev have, so dev is scored in train mode",
        (
            Evidence("batches that were counted", batches.counted, where),
            Evidence("steps of the optimizer", batches.steps, where),
            Evidence("batches of dev per epoch", batches.more, where),
        ),
        (
            Fix(
                "Call `model.eval()` before the evaluation, and `model.train()` after it.",
                "model.eval()\nwith torch.no_grad():\n    score = evaluate(model, dev_loader)",
            ),
        ),
    )

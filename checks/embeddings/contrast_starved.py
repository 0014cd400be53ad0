"""EMB704: does the contrastive loss have enough to compare?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Contrast,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Separation,
    check,
    chosen,
)

SMALLEST_BATCH = chosen(
    64, "SimCLR gets worse below 256 already (Chen et al. 2020, figure 9)", (16, 64), 51
)
CLIPS_PER_LABEL = chosen(1.5, "below it most labels have a single clip", (0.375, 6), 51)
RETRIEVAL_AT_1 = chosen(0.5, "half right shows that the loss had enough to compare", (0.45, 2), 51)


@check(
    "EMB704",
    severity=DEGRADES,
    confidence=LIKELY,
    # without pairs the offset of an untrained encoder stays, and a decoder has little to go by
    explains=("DEC801", "EMB701", "EMB702", "EMB703", "EVL904", "TRN502"),
)
def contrast_starved(contrast: Contrast, separation: Separation | None) -> Findings:
    """The contrastive loss has too few negatives, or almost no positives.

    Why it matters: Each sample is compared only with the others of its batch, and a loss over labels
    draws nothing together where a label has a single clip. No batch size fixes that.

    Judged by: Runs whose embeddings or history show retrieval at 1 of half or more pass. Either of these
    fires:
    - batches under 64 over all devices that the config names, without a queue of negatives;
    - for losses whose positives are clips of one label (SupCon, triplets), under 1.5 training clips per
      label.

    Fix: Gather embeddings over devices, keep a queue, or cache gradients for larger batches. Where
    sentences occur once, pair each clip with its text instead.

    References: Khosla et al. 2020, Supervised Contrastive Learning; Radford et al. 2021, CLIP; Gao
    et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup.
    """
    if separation is not None and any(one.at_1 >= RETRIEVAL_AT_1.value for one in separation.splits):
        return separation.sentence
    said, evidence, fixes = [], [], []
    if contrast.by_label and contrast.labels and contrast.clips_a_label < CLIPS_PER_LABEL.value:
        each = contrast.clips_a_label
        said.append(f"hardly any positives: {each:.2f} clips per label")
        evidence.append(Evidence("clips per label", each, contrast.read_from, "", CLIPS_PER_LABEL))
        evidence.append(Evidence("training clips", contrast.clips, contrast.read_from))
        evidence.append(Evidence("labels", contrast.labels, contrast.read_from))
        expected = contrast.positives_in_batch
        evidence.append(Evidence("positives of a clip in its batch", expected, contrast.read_from))
        fixes.append(
            Fix(
                "Pair each clip with its own text or gloss sequence, as CLIP does.",
                "loss = (F.cross_entropy(s * v @ t.T, i) + F.cross_entropy(s * t @ v.T, i)) / 2",
            )
        )
    if contrast.batch is not None and contrast.batch < SMALLEST_BATCH.value and not contrast.queue:
        said.append(f"too few negatives: {contrast.batch - 1} other clips in a batch")
        evidence.append(Evidence("batch size", contrast.batch, contrast.batch_from, "", SMALLEST_BATCH))
        fixes.append(
            Fix(
                "Compare within larger batches: gather over devices, keep a queue, or cache gradients.",
                "pip install grad-cache  # the memory of a small batch, the negatives of a large one",
            )
        )
    if not said and contrast.batch is None:
        raise NotJudged("the batch size is unknown", "keep the config of the run beside it")
    if said:
        yield Finding(f"{contrast.loss} has {', and '.join(said)}", tuple(evidence), tuple(fixes))
    return contrast.sentence

"""EMB704: has the contrastive loss anything to compare?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Contrast,
    Evidence,
    Finding,
    Fix,
    Separation,
    Threshold,
    check,
)

BATCH = Threshold(
    64, "rule of thumb, docs/limits.py: SimCLR falls off under 256, Chen et al. 2020, figure 9"
)
CLIPS = Threshold(1.5, "rule of thumb, docs/limits.py: under it most labels have a single clip")
FOUND = Threshold(
    0.5, "rule of thumb, docs/limits.py: retrieval at 1 that says the loss had enough to compare"
)


@check(
    "EMB704",
    severity=DEGRADES,
    confidence=LIKELY,
    # without pairs the offset of an untrained encoder stays, and a decoder has little to go by
    explains=("DEC801", "EMB701", "EMB702", "EMB703", "EVL904", "TRN502"),
)
def contrast_starved(contrast: Contrast, separation: Separation | None) -> Iterator[Finding]:
    """The contrastive loss has too few negatives, or almost no positives.

    Why it matters: each sample is told apart from the others of its batch only, and a loss over
    labels draws nothing together where a label has a single clip. No batch size mends that.

    Judged by: batches under 64, over all devices that the config names, unless it has a queue of
    negatives; for losses whose positives are clips of one label (SupCon, triplets), under 1.5
    training clips a label. Quiet where embeddings or history show retrieval at 1 of half or more.

    Fix: gather embeddings over devices, keep a queue or cache gradients for larger batches; where
    sentences occur once, pair each clip with its text instead.

    References: Khosla et al. 2020, Supervised Contrastive Learning; Radford et al. 2021, CLIP; Gao
    et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup.
    """
    if separation is not None and any(one.at_1 >= FOUND.value for one in separation.told):
        return
    said, evidence, fixes = [], [], []
    if contrast.by_label and contrast.labels and contrast.clips_a_label < CLIPS.value:
        each = contrast.clips_a_label
        said.append(f"{contrast.clips} clips have {contrast.labels} labels, {each:.2f} clips each")
        evidence.append(Evidence("training clips a label", each, contrast.read_from, limit=CLIPS))
        expected = contrast.positives_in_batch
        evidence.append(Evidence("positives of a clip in its batch", expected, contrast.read_from))
        fixes.append(
            Fix(
                "Pair each clip with its own text or gloss sequence, as CLIP does.",
                "loss = (F.cross_entropy(s * v @ t.T, i) + F.cross_entropy(s * t @ v.T, i)) / 2",
            )
        )
    if contrast.batch is not None and contrast.batch < BATCH.value and not contrast.queue:
        said.append(f"each clip is compared with {contrast.batch - 1} others")
        evidence.append(Evidence("batch", contrast.batch, contrast.batch_from, "samples", BATCH))
        fixes.append(
            Fix(
                "Compare within larger batches: gather over devices, keep a queue, or cache gradients.",
                "pip install grad-cache  # the memory of a small batch, the negatives of a large one",
            )
        )
    if said:
        yield Finding(f"{contrast.loss}: {' and '.join(said)}", tuple(evidence), tuple(fixes))

"""LAB203: can every dev gloss have been learned?"""

from collections import Counter
from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, Targets, Threshold, check

NONE = Threshold(0, "arithmetic: a gloss that is in no training target is never put out")


@check("LAB203", severity=NOTE, confidence=CERTAIN)
def dev_gloss_unseen_in_train(targets: Targets) -> Iterator[Finding]:
    """Glosses of dev never occur in training.

    Why it matters: each of them is an error whatever the model does, so their share of the
    dev tokens is a floor under the WER (for single labels: under the error rate).

    Judged by: dev targets (test targets where there is no dev) against the glosses of the
    training targets, as written.

    Fix: take the floor into account when scores are compared; or move some of these samples
    into training.

    References: arithmetic; PHOENIX-2014 has 29 such glosses in dev, PHOENIX-2014T 12, and
    are none the worse for it.
    """
    split = "dev" if targets.of("dev") else "test"
    judged = targets.of(split)
    known = {gloss for _, glosses in targets.of("train") for gloss in glosses}
    if not known or not judged:
        return
    unseen = Counter(g for _, glosses in judged for g in glosses if g not in known)
    tokens = sum(len(glosses) for _, glosses in judged)
    if not unseen:
        return
    types = len({gloss for _, glosses in judged for gloss in glosses})
    floor = unseen.total() / tokens
    measure = "error rate" if targets.are_single else "WER"
    named = ", ".join(f'"{gloss}"' for gloss, _ in unseen.most_common(3))
    affected = tuple(i for i, glosses in judged if unseen.keys() & set(glosses))
    yield Finding(
        message=(
            f"{len(unseen)} of {types} {split} glosses ({named}) never occur in training: "
            f"the {split} {measure} cannot go below {floor:.2%}"
        ),
        evidence=(
            Evidence(f"glosses of {split} not in train", len(unseen), targets.read_from, "types", NONE),
            Evidence(
                f"floor under the {split} {measure}", floor, targets.read_from, f"of {tokens} tokens"
            ),
        ),
        fixes=(Fix(f"Read {split} scores against this floor."),),
        samples=affected[:5],
        affected=len(affected),
        total=len(judged),
    )

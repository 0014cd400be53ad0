"""LAB203: can every dev gloss have been learned?"""

from collections import Counter

from slrdoctor.api import (
    CERTAIN,
    EVERY_SAMPLE,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Targets,
    Threshold,
    agreeing,
    check,
    part_of,
)

UNSEEN_GLOSSES = Threshold(0, "Arithmetic: a gloss without a training example is never predicted.")


@check("LAB203", severity=NOTE, confidence=CERTAIN, needs=EVERY_SAMPLE)
def dev_gloss_unseen_in_train(targets: Targets) -> Findings:
    """Some glosses of dev never occur in training.

    Why it matters: Each of them is an error whatever the model does. Their share of the dev tokens is
    the lowest WER (for single labels, the lowest error rate) that any model can reach.

    Judged by: The dev targets (test targets where there is no dev split) against the glosses of the
    training targets, as written.

    Fix: Keep this lowest value in mind when comparing scores, or move some of these samples into
    training.

    References: Arithmetic. PHOENIX-2014 has 29 such glosses in dev and PHOENIX-2014T has 12, and both
    are used without trouble.
    """
    split = "dev" if targets.of("dev") else "test"
    judged = targets.of(split)
    known = {gloss for _, glosses in targets.of("train") for gloss in glosses}
    if not known or not judged:
        raise NotJudged(f"no {'target of dev or test' if known else 'training target'} has a gloss")
    unseen = Counter(g for _, glosses in judged for g in glosses if g not in known)
    tokens = sum(len(glosses) for _, glosses in judged)
    if not unseen:
        return f"every {split} gloss occurs in training"
    types = len({gloss for _, glosses in judged for gloss in glosses})
    floor = unseen.total() / tokens
    measure = "error rate" if targets.are_single else "WER"
    named = ", ".join(f'"{gloss}"' for gloss, _ in unseen.most_common(3))
    affected = tuple(i for i, glosses in judged if unseen.keys() & set(glosses))
    yield Finding(
        message=(
            f"{part_of(len(unseen), types, f'{split} gloss', f'{split} glosses')} ({named}) never "
            f"{agreeing(len(unseen), 'occurs', 'occur')} in training: "
            f"the {split} {measure} cannot go below {floor:.2%}"
        ),
        evidence=(
            Evidence(
                f"{split} glosses that are not in train",
                len(unseen),
                targets.read_from,
                f"of {types}",
                UNSEEN_GLOSSES,
            ),
            Evidence(f"lowest possible {split} {measure}", floor, targets.read_from, "share"),
            Evidence(f"{split} tokens", tokens, targets.read_from),
        ),
        fixes=(Fix(f"Compare {split} scores with this lowest value, not with zero."),),
        samples=affected,
        affected=len(affected),
        total=len(judged),
    )

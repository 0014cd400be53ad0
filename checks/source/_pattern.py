"""What the checks of the sources say of a pattern: where it stands first, its lines, a patch of each."""

from slrdoctor.api import Evidence, Finding, Findings, Fix, Pattern


def pattern_found(code: Pattern, quantity: str, do: str) -> Findings:
    """One finding for all places of a pattern; what was seen instead where there is none."""
    if not code.faults:
        return code.sentence
    first, *others = code.faults
    more = f"; and the same in {', '.join(one.where for one in others)}" if others else ""
    yield Finding(
        message=f"{first.where}: {first.what}{more}",
        evidence=tuple(Evidence(quantity, line, place) for place, line in code.quoted),
        fixes=(
            Fix(do, first.patch),
            *(Fix(f"Change {one.where} likewise.", one.patch) for one in others),
        ),
    )
    return None

"""RUN101: is there a part of the run that nothing here could open?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, UnopenedFiles, UnopenedFormat, check

CALLED = {"history": "a history", "checkpoint": "a checkpoint", "": "a part of the run"}


@check("RUN101", severity=NOTE, confidence=CERTAIN)
def files_not_opened(unopened: UnopenedFiles) -> Iterator[Finding]:
    """Files that may be a part of the run were not opened.

    Why it matters: what was not opened was not judged. Features, a history or a checkpoint may
    be in these files, and the rest of this report says nothing about them.

    Judged by: the first bytes and the name of every file. Counted are files of a format whose
    reader needs a package that is not installed here, and files of formats that often hold a
    part of a run and have no reader. An exported model beside a checkpoint does not count, nor
    does a notebook or a tracker's database beside a history that was read.

    Fix: install the package, or export the files to a format that is read, as the finding says.

    References: docs/writing-a-reader.md on the formats that are read, and on adding another.
    """
    formats = [form for form in unopened.formats if not form.spare]
    if not formats:
        return
    count = sum(form.count for form in formats)
    kinds = " or ".join(dict.fromkeys(CALLED.get(form.kind, form.kind) for form in formats))
    yield Finding(
        f"{count} file{'s' * (count != 1)} that may hold {kinds} could not be opened: "
        f"{'; '.join(form.sentence for form in formats)}",
        tuple(
            Evidence(
                f"{form.format} files without a reader" if not form.package else f"{form.format} files",
                form.count,
                ", ".join(form.files),
                "files",
            )
            for form in formats
        ),
        (_fix(formats),),
    )


def _fix(formats: list[UnopenedFormat]) -> Fix:
    """One sentence with what each format needs: all of it is to be done, not one or the other."""
    first, *others = dict.fromkeys(form.advice.rstrip(".") for form in formats)
    steps = (first, *(step[:1].lower() + step[1:] for step in others))
    hows = dict.fromkeys(form.how for form in formats if form.how)
    return Fix(f"{'; '.join(steps)}.", "\n".join(hows))

"""MDL605: can the checkpoints be opened?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    CheckpointFiles,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
)

UNREADABLE_FILES = Threshold(0, "By definition: a checkpoint that cannot be read contains no model.")
SHOWN = 3


@check("MDL605", severity=BLOCKS, confidence=CERTAIN)
def checkpoint_unreadable(files: CheckpointFiles) -> Findings:
    """A checkpoint cannot be read: it is truncated, empty, damaged, or a Git LFS pointer.

    Why it matters: The trained weights are not in it. Loading it fails, or a script that catches the
    error continues with random weights and a score at chance.

    Judged by: Every checkpoint of the run is opened, without running what is in it. Unknown formats
    and files that are not checkpoints do not count.

    Fix: Download or copy the file again. When saving, write to another name first and then rename.

    References: Git LFS: a pointer file begins with "version https://git-lfs".
    """
    if not files.broken:
        return files.sentence
    first = files.broken[0]
    others = len(files.broken) - 1
    more = f", nor can {others} other {'checkpoint' if others == 1 else 'checkpoints'}" if others else ""
    readable = f"; {files.rows[0].where} can be read" if files.rows else ""
    pointers = any(problem.fault == "lfs-pointer" for problem in files.broken)
    yield Finding(
        message=f"{first.where} cannot be read: {first.message}{more}{readable}",
        evidence=(
            Evidence(
                "checkpoints that cannot be read",
                len(files.broken),
                first.where,
                "files",
                UNREADABLE_FILES,
            ),
            *(Evidence(p.fault, p.message, p.where) for p in files.broken[:SHOWN]),
        ),
        fixes=(
            *(
                [Fix("Download the files that the pointers refer to.", "git lfs pull")]
                if pointers
                else []
            ),
            Fix("Copy or download the checkpoint again, and compare the sizes of both files."),
            Fix(
                "Save to another name and rename, so that an interruption leaves the old file intact.",
                "torch.save(state, 'best.tmp'); os.replace('best.tmp', 'best.pt')",
            ),
        ),
        samples=tuple(problem.where for problem in files.broken[:SHOWN]),
        affected=len(files.broken),
        total=len(files.broken) + len(files.rows),
    )

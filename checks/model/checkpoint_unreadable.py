"""MDL605: can the checkpoints be opened?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, CERTAIN, CheckpointFiles, Evidence, Finding, Fix, Threshold, check

NONE = Threshold(0, "a checkpoint that cannot be read holds no model")
SHOWN = 3


@check("MDL605", severity=BLOCKS, confidence=CERTAIN)
def checkpoint_unreadable(files: CheckpointFiles) -> Iterator[Finding]:
    """A checkpoint cannot be read: it is cut off, empty, damaged, or a Git LFS pointer.

    Why it matters: what was trained is not in it. Loading it fails, or a script that catches the
    error goes on with random weights and a score of chance.

    Judged by: opening every checkpoint of the run without running what is in it; formats that
    the doctor does not know, and files that are no checkpoints, do not count.

    Fix: fetch or copy the file again; save to another name first and rename.

    References: Git LFS: a pointer file begins with "version https://git-lfs".
    """
    if not files.broken:
        return
    first = files.broken[0]
    others = len(files.broken) - 1
    more = f", and {others} more cannot either" if others else ""
    readable = f"; {files.rows[0].where} can be read" if files.rows else ""
    pointers = any(problem.fault == "lfs-pointer" for problem in files.broken)
    yield Finding(
        message=f"{first.where} cannot be read: {first.message}{more}{readable}",
        evidence=(
            Evidence("checkpoints that cannot be read", len(files.broken), first.where, "files", NONE),
            *(Evidence(p.fault, p.message, p.where) for p in files.broken[:SHOWN]),
        ),
        fixes=(
            *([Fix("Fetch the files that the pointers stand for.", "git lfs pull")] if pointers else []),
            Fix("Copy or download the checkpoint again, and compare the sizes of both files."),
            Fix(
                "Save to another name and rename, so that a stop leaves the old file whole.",
                "torch.save(state, 'best.tmp'); os.replace('best.tmp', 'best.pt')",
            ),
        ),
        samples=tuple(problem.where for problem in files.broken[:SHOWN]),
        affected=len(files.broken),
        total=len(files.broken) + len(files.rows),
    )

from __future__ import annotations

from slrdoctor.artifacts.run import Problem
from slrdoctor.facts.model.checkpoint import CheckpointFiles, CheckpointRow
from slrdoctor.testing import findings

ROW = CheckpointRow("last.pt", "state dict", 4, 3, None, None, (), "")


def problem(where: str, fault: str, message: str) -> Problem:
    return Problem(where, "checkpoint", fault, message)


def test_mdl605_fires_for_a_checkpoint_that_is_cut_off() -> None:
    broken = (problem("best.pt", "truncated", "a zip file that ends early or is damaged"),)

    (finding,) = findings("MDL605", CheckpointFiles((), broken, (), "best.pt"))

    assert finding.message == "best.pt cannot be read: a zip file that ends early or is damaged"
    assert (finding.affected, finding.total) == (1, 1)


def test_mdl605_fires_for_pointers_and_says_what_can_be_read() -> None:
    broken = (
        problem("best.pt", "lfs-pointer", "a Git LFS pointer, not the file itself"),
        problem("old.pt", "empty", "zero bytes"),
    )

    (finding,) = findings("MDL605", CheckpointFiles((ROW,), broken, (), "last.pt"))

    assert finding.message == (
        "best.pt cannot be read: a Git LFS pointer, not the file itself, nor can 1 other checkpoint; "
        "last.pt can be read"
    )
    assert finding.fixes[0].how == "git lfs pull"


def test_mdl605_is_quiet_when_every_checkpoint_can_be_read() -> None:
    assert not findings("MDL605", CheckpointFiles((ROW,), (), ("notes.bin",), "last.pt"))


def test_mdl605_at_the_boundary_of_a_single_damaged_file_among_many_fires() -> None:
    broken = (problem("old.pt", "corrupt", "no checkpoint of any known format"),)

    assert findings("MDL605", CheckpointFiles((ROW,) * 9, broken, (), "last.pt"))

"""The syntax trees of all sources of a run, as far as a scan has time for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.kinds.source.claims import all_claims
from slrdoctor.artifacts.kinds.source.evaluate import Values
from slrdoctor.artifacts.kinds.source.names import Folder
from slrdoctor.artifacts.kinds.source.parsing import LARGEST, read_program
from slrdoctor.artifacts.kinds.source.program import SourceTrees, Unparsed
from slrdoctor.artifacts.run import SourceFile

MOST_PARSED = 2_500_000  # bytes of all sources together that are parsed: over 60,000 lines
MOST_SHOWN = 12  # settings of one source
# what a source that trains, scores or prepares has in it, in the order of how much it says
_TRAINS = re.compile(
    rb"\.backward\(|\.fit\(|CTCLoss|CrossEntropy|cross_entropy|Trainer\(|optim|corpus_bleu"
)
_MODELS = re.compile(
    rb"nn\.Module|torch|keras|tensorflow|argparse|dataclass|jiwer|bleu|normali[sz]|mediapipe"
)
_OF_OTHERS = re.compile(r"(?:^|/)(?:site-packages|dist-packages|\.tox|node_modules)/")


def source_trees(files: Iterable[SourceFile]) -> SourceTrees:
    """Parse the sources of a run directory, up to MOST_PARSED bytes of them together."""
    listed = sorted((_rank(file), file.where, file) for file in files if file.kind != "requirements")
    programs, unparsed, parsed = [], [], 0
    for (rank, _, size), _, file in listed:
        if _OF_OTHERS.search(file.where):
            unparsed.append(Unparsed(file.where, "not read: it belongs to an installed package"))
            continue
        if rank and parsed + size > MOST_PARSED:
            unparsed.append(Unparsed(file.where, "not read: there are too many sources"))
            continue
        found = read_program(file)
        if isinstance(found, Unparsed):
            unparsed.append(found)
            continue
        programs.append(found)
        parsed += len(found.text)
    return SourceTrees(tuple(programs), tuple(unparsed))


def _rank(file: SourceFile) -> tuple[int, int, int]:
    """What is read first: sources that train, then those of models and data; shallow before deep."""
    depth = file.where.count("/")
    try:
        size = file.path.stat().st_size
        if file.kind == "notebook":
            return 0, depth, size
        if size > LARGEST:
            return 3, depth, size
        with file.path.open("rb") as source:
            data = source.read()
    except OSError:
        return 3, depth, 0
    return (1 if _TRAINS.search(data) else 2 if _MODELS.search(data) else 3), depth, size


def settings_said(trees: SourceTrees) -> dict[str, str]:
    """By the place of each source: the settings that it gives, or why it has no syntax tree."""
    folder = Folder(trees.of_the_run)
    said: dict[str, list[str]] = {}
    for claim in all_claims(folder, Values(folder)):
        line = claim.where.removeprefix(claim.source).strip()
        said.setdefault(claim.source, []).append(f"{claim.sentence} ({line})")
    sentences = {
        place: ", ".join(list(dict.fromkeys(said_of))[:MOST_SHOWN]) for place, said_of in said.items()
    }
    return sentences | {one.where: one.reason for one in trees.unparsed}

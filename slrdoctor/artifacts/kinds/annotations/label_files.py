"""A text file a sample: labels/train/s0001.txt has the glosses, the class or the sentence of s0001."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from slrdoctor.artifacts.content import Table, Unreadable
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines
from slrdoctor.words.sample_ids import ARRAY_SUFFIXES
from slrdoctor.words.splits import split_of_word

SUFFIXES = (".txt", ".lab", ".gls", ".gloss")
CONVENTION = "a text file per sample"
FEWEST = 3  # files that make a folder of them
LARGEST = 4096  # bytes: a longer file is not the label of one clip
BESIDE = 0.9  # share of the files that have an array of their name beside them
_NAMED = re.compile(r"(?:^|[^a-z])(?:labels?|glosse?s?|annotations?|targets?)(?:[^a-z]|$)")
_OF_TEXTS = re.compile(
    r"(?:^|[^a-z])(?:texts?|sentences?|captions?|transcripts?|translations?)(?:[^a-z]|$)"
)
_FRACTION = re.compile(r"\d*\.\d+")  # a box or a time: 0 0.48 0.63 0.11 0.20


def find_label_files(listing: Listing, used: set[str]) -> tuple[list[AnnotationFile], set[str]]:
    """The folders of such files, each as one file of annotations, and the paths they account for."""
    found: list[AnnotationFile] = []
    inside: set[str] = set()
    for folder, files in listing.by_folder.items():
        mine = [f for f in files if f.suffix in SUFFIXES and f.where not in used]
        column = _column(folder, mine, files) if len(mine) >= FEWEST else ""
        labels = _labels(mine) if column else None
        if labels is None:
            continue
        if column == "gloss" and not any(len(label.split()) > 1 for label in labels.values()):
            column = "label"
        table = Table(("id", column), [(key, label) for key, label in labels.items()])
        labelled = recognise_annotations(folder or ".", "text", table)
        if labelled is not None and len(labelled.rows) == len(labels):
            found.append(_named(labelled, folder))
            inside |= {file.where for file in mine}
    return found, inside


def _named(labelled: AnnotationFile, folder: str) -> AnnotationFile:
    return AnnotationFile(
        folder or ".",
        labelled.format,
        CONVENTION,
        labelled.rows,
        labelled.classification,
        labelled.skipped,
    )


def _column(folder: str, mine: Sequence[File], files: Sequence[File]) -> str:
    """What the files of a folder hold, by its name or by the arrays beside them; "" for neither."""
    parts = [part for part in folder.lower().split("/") if not split_of_word(part)]
    name = parts[-1] if parts else ""
    if _OF_TEXTS.search(name):
        return "text"
    arrays = {f.path.stem for f in files if f.suffix in ARRAY_SUFFIXES}
    beside = sum(f.path.stem in arrays for f in mine) >= BESIDE * len(mine)
    return "gloss" if _NAMED.search(name) or beside else ""


def _labels(files: Sequence[File]) -> Mapping[str, str] | None:
    """What each file says, by id; None where one of them is not the label of a sample."""
    labels: dict[str, str] = {}
    for file in files:
        label = _label(file)
        if label is None:
            return None
        labels[PurePosixPath(file.where).stem] = label
    # one without any is of a sample that was not labelled; a folder of them is something else
    return labels if sum(map(bool, labels.values())) > len(labels) / 2 else None


def _label(file: File) -> str | None:
    """One line, or a gloss a line."""
    if file.size > LARGEST:
        return None
    try:
        text, _ = read_text(file.path) if file.size else ("", "")
    except Unreadable:
        return None
    lines = [line.strip() for line in split_lines(text) if line.strip()]
    is_list = all(len(line.split()) == 1 for line in lines)
    if (len(lines) > 1 and not is_list) or any(map(_FRACTION.fullmatch, text.split())):
        return None
    return " ".join(lines)

"""Tell a few files that hold many samples each from a folder of clips."""

from __future__ import annotations

from collections.abc import Sequence

from slrdoctor.artifacts.content import Arrays, Content
from slrdoctor.artifacts.directory.listing import File
from slrdoctor.artifacts.kinds.samples import Stored, samples_in
from slrdoctor.words.sample_arrays import is_named_x
from slrdoctor.words.splits import split_of_name, without_splits

MOST_FILES = 12  # X, y and lengths of each split
SAMPLES_AXES = 3  # [N, T, D] at least


def are_arrays_of_samples(files: Sequence[File], contents: Sequence[Content]) -> bool:
    """Whether files hold samples and their labels, or are arrays of splits: X_train, X_val, X_test.

    `contents` are those of a few of the files.
    """
    if len(files) > MOST_FILES:
        return False
    if all(samples_in(Stored("", files[0].path, "", c, (), _nothing)).sets for c in contents):
        return True
    stems = [file.path.stem for file in files]
    splits = [split_of_name(stem) for stem in stems]
    of_splits = all(splits) and len(set(splits)) == len(splits)
    named = all(map(is_named_x, stems)) or (of_splits and len(set(map(without_splits, stems))) == 1)
    return named and all(_has_samples_axes(content) for content in contents)


def _has_samples_axes(content: Content) -> bool:
    if not isinstance(content, Arrays) or set(content.members) != {""}:
        return False
    return len(content.members[""].shape) >= SAMPLES_AXES


def _nothing(_: str) -> Content | None:
    return None

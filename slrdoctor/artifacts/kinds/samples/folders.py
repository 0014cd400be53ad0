"""Tell a few files that hold many samples each from a folder of clips."""

from __future__ import annotations

from collections.abc import Sequence

from slrdoctor.artifacts.content import Arrays, Content, Unreadable
from slrdoctor.artifacts.directory.beside import siblings_of
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.kinds.samples import Stored, samples_in
from slrdoctor.words.sample_arrays import is_named_x
from slrdoctor.words.splits import split_of_name, without_splits

MOST_FILES = 12  # X, y and lengths of each split
SAMPLES_AXES = 3  # [N, T, D] at least


def stored_file(file: File, format: str, content: Content, listing: Listing) -> Stored:
    """A file with the files of its folder, which may hold the labels of its samples."""
    names = [f.path.name for f in listing.by_folder.get(file.folder, ()) if f.where != file.where]
    if not listing.is_whole:
        names = [path.name for path in sorted(file.path.parent.iterdir()) if path.is_file()]
        names.remove(file.path.name)
    return Stored(file.where, file.path, format, content, names, siblings_of(file))


def are_arrays_of_samples(
    files: Sequence[File], peeked: Sequence[tuple[File, Content]], listing: Listing
) -> bool:
    """Whether files hold samples and their labels, or are arrays of splits: X_train, X_val, X_test.

    `peeked` are a few of the files, opened.
    """
    if len(files) > MOST_FILES or not peeked:
        return False
    try:
        if all(samples_in(stored_file(file, "", content, listing)).sets for file, content in peeked):
            return True
    except Unreadable:  # their labels are damaged, which is said where they are opened
        return False
    stems = [file.path.stem for file in files]
    splits = [split_of_name(stem) for stem in stems]
    of_splits = all(splits) and len(set(splits)) == len(splits)
    named = all(map(is_named_x, stems)) or (of_splits and len(set(map(without_splits, stems))) == 1)
    return named and all(_has_samples_axes(content) for _, content in peeked)


def _has_samples_axes(content: Content) -> bool:
    if not isinstance(content, Arrays) or set(content.members) != {""}:
        return False
    return len(content.members[""].shape) >= SAMPLES_AXES

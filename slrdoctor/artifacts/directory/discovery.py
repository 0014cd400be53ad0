"""Find out what a run directory holds, by looking into its files and not only at their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.content import NEEDS_PACKAGE, Content, Table, Text, Tree, Unreadable
from slrdoctor.artifacts.directory import cases, pointed
from slrdoctor.artifacts.directory.beside import siblings_of
from slrdoctor.artifacts.directory.checkpoint_notes import read_notes
from slrdoctor.artifacts.directory.claims import are_indices, are_sections
from slrdoctor.artifacts.directory.class_folders import leave_out_foreign_lists, settle_class_folders
from slrdoctor.artifacts.directory.expectations import hold_against_configs, note_empty_folders
from slrdoctor.artifacts.directory.found import Found, NothingToExamine
from slrdoctor.artifacts.directory.found_samples import (
    settle_samples,
    take_batch_labels,
    take_clips,
    take_samples,
    take_samples_of_weights,
)
from slrdoctor.artifacts.directory.found_splits import fill_splits
from slrdoctor.artifacts.directory.found_words import take_words
from slrdoctor.artifacts.directory.gloss_sentences import take_gloss_sentences, take_sentences
from slrdoctor.artifacts.directory.listing import File, Listing, walk
from slrdoctor.artifacts.directory.readings import claims, readings
from slrdoctor.artifacts.directory.references import pair_hypotheses
from slrdoctor.artifacts.directory.retellings import leave_out_retellings
from slrdoctor.artifacts.directory.unnamed_columns import settle_unnamed
from slrdoctor.artifacts.directory.unopened import (
    OPENED_A_SUFFIX,
    advice,
    frame_without_columns,
    kind_by_name,
    not_opened,
    note_unopened,
    set_aside,
    without_package,
)
from slrdoctor.artifacts.formats import array_suffixes, reader_of, readers
from slrdoctor.artifacts.kinds import (
    checkpoints,
    history,
    outputs,
    predictions,
    vocabulary,
)
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.kinds.annotations.label_files import find_label_files
from slrdoctor.artifacts.kinds.annotations.separators import with_separate_glosses
from slrdoctor.artifacts.kinds.checkpoints.shards import shards_of
from slrdoctor.artifacts.kinds.features.clip_folders import find_clip_folders
from slrdoctor.artifacts.kinds.features.parts import join_sets
from slrdoctor.artifacts.kinds.history.pieces import histories_of_pieces, recognise_piece
from slrdoctor.artifacts.kinds.outputs.folders import settle
from slrdoctor.artifacts.kinds.outputs.names import WEAK, is_named_like_outputs
from slrdoctor.artifacts.kinds.predictions.hypotheses_alone import recognise_hypotheses
from slrdoctor.artifacts.kinds.source.program import SourceTrees
from slrdoctor.artifacts.kinds.source.trees import settings_said, source_trees
from slrdoctor.artifacts.pickles.frames import is_frame
from slrdoctor.artifacts.run import (
    CheckpointFile,
    Problem,
    RunDirectory,
    SourceFile,
    Sources,
)
from slrdoctor.artifacts.settings.read import Settings, read_settings

_REQUIREMENTS = re.compile(
    r"(?:^|[^a-z])(?:requirements|constraints|environment)[^/]*\.(?:txt|in|ya?ml)$|^pipfile$"
)


Progress = Callable[[int, int], None]


def discover(path: Path, progress: Progress | None = None) -> RunDirectory:
    """Open a run directory.

    Raises NothingToExamine for a path that is no readable folder or holds nothing that a
    kind recognises, and SettingsError for a `slrdoctor.toml` that cannot be used.
    """
    if not path.exists():
        raise NothingToExamine(f"{path} does not exist")
    if not path.is_dir():
        raise NothingToExamine(f"{path} is a file: give the folder of the run that holds it")
    settings = read_settings(path)
    listing = walk(path)
    if not listing.files and listing.problems:
        raise NothingToExamine(f"{path} cannot be read: {listing.problems[0][1]}")
    found = find(listing, progress)
    recognised = claims(found)
    settle_samples(found)
    settle_class_folders(found)
    settle(found)
    pointed.apply(found, settings, path, find)
    _complete(found, settings, listing)
    if found.is_empty():
        raise NothingToExamine(
            f"nothing to examine in {path}: none of its {len(listing.files)} files contains features, "
            f"annotations, a vocabulary, a checkpoint, a history, predictions or a config"
            f"{advice(found.unopened)}"
        )
    trees = _read_sources(found)
    grouped, choices = cases.group(found, settings, path, len(listing.files))
    return RunDirectory(
        path=path,
        settings=settings,
        cases=grouped,
        sources=Sources(tuple(found.sources), trees),
        problems=tuple(found.problems),
        choices=choices,
        looked=len(listing.files),
        links=listing.links,
        readings=readings(found, listing, grouped, choices, recognised),
        unopened=not_opened(found, listing),
    )


def _read_sources(found: Found) -> SourceTrees:
    """Parse the sources, and note of each what it sets or why it could not be parsed."""
    trees = source_trees(found.sources)
    said = settings_said(trees)
    found.sources = [replace(file, says=said.get(file.where, "")) for file in found.sources]
    return trees


def _complete(found: Found, settings: Settings, listing: Listing) -> None:
    """Add what only all that was found together tells."""
    read_notes(found)
    if not settings.features:
        hold_against_configs(found, listing)
        note_empty_folders(found, listing)
    settle_unnamed(found)
    take_gloss_sentences(found)
    take_sentences(found)
    if not settings.annotations:
        leave_out_retellings(found)
        leave_out_foreign_lists(found)
    fill_splits(found)
    found.annotations = with_separate_glosses(found.annotations, found.vocabularies)
    pair_hypotheses(found, settings, listing)
    note_unopened(found, listing)
    found.problems += [Problem(where, "", "unreachable", why) for where, why in listing.problems]


def find(listing: Listing, progress: Progress | None = None) -> Found:
    """Recognise everything in a listing, folder by folder."""
    found = Found()
    sets, folders, used = find_clip_folders(listing)
    found.features += set_aside(sets, listing, found)
    found.outputs += folders
    found.annotations, labelled = find_label_files(listing, used)
    found.inside = used | labelled
    single = list(_few_a_folder(listing, found.inside, found))
    for number, file in enumerate(single):
        if progress is not None:
            progress(number, len(single))
        _recognise(file, listing, found)
    found.features = join_sets(found.features)
    found.checkpoints = [one for one in found.checkpoints if one.where not in found.inside]
    found.histories += histories_of_pieces(found.pieces)
    return found


def _few_a_folder(listing: Listing, used: set[str], found: Found) -> Iterable[File]:
    opened: dict[tuple[str, str], int] = {}
    for file in listing.files:
        if file.where in used:
            continue
        key = (file.folder, file.suffix)
        opened[key] = opened.get(key, 0) + 1
        if opened[key] <= OPENED_A_SUFFIX:
            yield file
    for (folder, suffix), count in opened.items():
        if count > OPENED_A_SUFFIX and any(suffix in reader.suffixes for reader in readers()):
            more = count - OPENED_A_SUFFIX
            message = f"{more} more *{suffix} files were not opened: those that were are not features"
            found.problems.append(Problem(folder or ".", "", "unsupported", message))


def _recognise(file: File, listing: Listing, found: Found) -> None:
    name = file.path.name.lower()
    if name.endswith(".py"):
        found.sources.append(SourceFile(file.where, file.path, "python"))
        return
    if name.endswith(".ipynb"):
        found.sources.append(SourceFile(file.where, file.path, "notebook"))
    if _REQUIREMENTS.search(name):
        found.sources.append(SourceFile(file.where, file.path, "requirements"))
        return
    reader = None
    try:
        reader = reader_of(file.path)
        if reader is None:
            return
        if checkpoints.is_named_like_checkpoint(name) and not is_named_like_outputs(name):
            if take_samples_of_weights(file, reader, listing, found):
                found.opened.add(file.where)
            else:
                found.checkpoints.append(CheckpointFile(file.where, file.path, reader.name, file.size))
            return
        content = reader.read(file.path)
        found.opened.add(file.where)
        if isinstance(content, Tree) and content.refused:
            names = ", ".join(content.refused)
            found.problems.append(Problem(file.where, "pickle", "imports", names))
            if is_frame(content.value):
                found.unopened.append(frame_without_columns(file))
                return
        if reader.holds == "history":
            found.histories += history.recognise_history(file.where, reader.name, content)
        else:
            _take(file, reader.name, content, listing, found)
    except Unreadable as error:
        if error.fault == "empty" and _take_empty_hypotheses(file, found):
            return
        if error.fault != "unsupported" or file.path.name.lower().endswith(tuple(array_suffixes())):
            found.problems.append(Problem(file.where, kind_by_name(file), error.fault, str(error)))
        if error.fault == NEEDS_PACKAGE and reader is not None:
            found.unopened.append(without_package(file, reader.name, kind_by_name(file)))


def _take_empty_hypotheses(file: File, found: Found) -> bool:
    """Whether blank lines, or a ctm without lines, are named as hypotheses of references beside them."""
    if file.suffix == ".ctm":
        return _take_pairs(file, "ctm", Table((), []), found)
    return file.size > 0 and _take_pairs(file, "text", Text([]), found)


def _take(file: File, format: str, content: Content, listing: Listing, found: Found) -> None:
    """Give a file's content to every kind. Some files are several things at once."""
    siblings = siblings_of(file)
    if checkpoints.is_checkpoint(content):
        found.checkpoints.append(CheckpointFile(file.where, file.path, format, file.size))
        folder = f"{file.folder}/" if file.folder else ""
        found.inside |= {folder + name for name in shards_of(content)}
        return
    piece = recognise_piece(file.where, format, content)
    if piece is not None:
        found.pieces.append(piece)
        return
    given = _take_outputs(file, format, content, siblings, found)
    histories = history.recognise_history(file.where, format, content)
    found.histories += histories
    words = vocabulary.recognise_vocabulary(file.where, format, content)
    if words is not None:
        found.vocabularies.append(words)
    if histories:
        return
    # a file of outputs may have the hypotheses too, and is nothing else
    if _take_pairs(file, format, content, found) or given:
        return
    if take_samples(file, format, content, listing, found):
        return
    alone = recognise_hypotheses(file.where, format, content)
    # sign_to_prediction_index_map.json names the classes, whose numbers ids may have too
    is_of_classes = words is not None and vocabulary.is_named_like_vocabulary(file.where)
    if alone is not None and not is_of_classes:
        found.hypotheses.append(alone)
    labelled = recognise_annotations(file.where, format, content, siblings)
    if labelled is not None and (are_indices(labelled) or are_sections(labelled, content)):
        labelled = None
    if labelled is not None:
        found.annotations.append(labelled)
    has_clips = take_clips(file, format, content, found)
    take_batch_labels(file, format, content, found)
    if labelled is None and not has_clips:
        take_words(file, format, content, found, is_vocabulary=words is not None)


def _take_outputs(
    file: File, format: str, content: Content, siblings: Callable[[str], Content | None], found: Found
) -> bool:
    """Log-probabilities and embeddings; whether the file surely holds any."""
    recognised = outputs.recognise_outputs(file.where, file.path, format, content, siblings)
    sure = [output for output in recognised.outputs if output.kind != WEAK]
    found.outputs += sure
    found.perhaps += [output for output in recognised.outputs if output.kind == WEAK]
    if sure:
        folder = f"{file.folder}/" if file.folder else ""
        found.companions |= {folder + name for name in recognised.companions}
    return bool(sure)


def _take_pairs(file: File, format: str, content: Content, found: Found) -> bool:
    """Whether a file holds hypotheses whose references are in it, or beside it."""
    opened: list[str] = []
    pairs = predictions.recognise_predictions(file.where, format, content, siblings_of(file, opened))
    if pairs is not None:
        found.predictions.append(pairs)
        found.references.update(dict.fromkeys(opened[-1:], file.where))
    return pairs is not None

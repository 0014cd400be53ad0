"""The files that may hold a part of the run and that were not opened, each with what would help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from slrdoctor.artifacts.content import NEEDS_PACKAGE
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.directory.readings import claimed, grouped
from slrdoctor.artifacts.formats import likely_kind, readers
from slrdoctor.artifacts.kinds import checkpoints, vocabulary
from slrdoctor.artifacts.run import FeatureSet, Problem, UnopenedFile
from slrdoctor.extras import EXTRAS, PackageMissing, command, is_installed
from slrdoctor.words.file_meanings import meaning_of
from slrdoctor.words.foreign_formats import foreign_format
from slrdoctor.words.splits import split_of_name

OPENED_A_SUFFIX = 400  # files of one suffix in one folder that are opened; the rest is named
# by the reader's name: what a file of the format is called
CALLED = {
    "h5": "HDF5",
    "keras": "Keras",
    "arrow": "Arrow",
    "parquet": "Parquet",
    "pose": "pose",
    "tfevents": "TensorBoard event",
}

# libraries whose models are pickled objects, by the modules that these come from; an encoder of
# labels or a scaler is no model
MODELS = {
    r"sklearn\.(?:ensemble|svm|tree|neighbors|linear|naive_bayes|neural|pipeline)": "scikit-learn",
    r"xgboost\.": "XGBoost",
    r"lightgbm\.": "LightGBM",
    r"catboost\.": "CatBoost",
}


def missing_package(format: str) -> str:
    """The package that a reader needs and that is not installed, by its import name; "" for none."""
    module = "h5py" if format == "keras" else next((r.needs for r in readers() if r.name == format), "")
    return module if module and not is_installed(module) else ""


def without_package(file: File, format: str, kind: str) -> UnopenedFile:
    """A file whose format has a reader, which lacks the package that it needs."""
    module = missing_package(format)
    form = CALLED.get(format, format)
    return UnopenedFile(
        file.where,
        file.size,
        form,
        kind,
        f"Install {EXTRAS[module].package}: {command(module)}",
        command(module),
        EXTRAS[module].package,
    )


def frame_without_columns(file: File) -> UnopenedFile:
    """A pickled frame of pandas that has what is not read without pandas: times, several levels."""
    how = f"pandas.read_pickle('{file.path.name}').to_csv('{file.path.stem}.csv')"
    advice = "Save the frame as csv."
    return UnopenedFile(file.where, file.size, "pandas frame", "annotations", advice, how)


def set_aside(sets: Iterable[FeatureSet], listing: Listing, found: Found) -> list[FeatureSet]:
    """The feature sets that can be opened; of the others every file is noted as unopened."""
    kept = []
    by_path = {file.path: file for file in listing.files}
    for one in sets:
        module = missing_package(one.format)
        if not module:
            kept.append(one)
            continue
        why = str(PackageMissing(f"reading a {CALLED[one.format]} file", module))
        found.problems.append(Problem(one.where, "features", NEEDS_PACKAGE, why))
        files = dict.fromkeys(by_path[clip.path] for clip in one.clips if clip.path in by_path)
        found.unopened += [without_package(file, one.format, "features") for file in files]
    return kept


def _models(found: Found, files: Mapping[str, File]) -> Iterator[UnopenedFile]:
    """The pickles of models whose objects are not built: a forest, a support vector machine."""
    for problem in found.problems:
        library = next((n for module, n in MODELS.items() if re.search(module, problem.message)), "")
        if problem.fault == "imports" and library and problem.where in files:
            advice = (
                f"Store the predictions of the {library} model for the dev set, which can be judged."
            )
            size = files[problem.where].size
            yield UnopenedFile(problem.where, size, library, "checkpoint", advice, "", spare=False)


def note_unopened(found: Found, listing: Listing) -> None:
    """Note the checkpoints that no package here reads, and the files of foreign formats."""
    files = {file.where: file for file in listing.files}
    found.unopened += _models(found, files)
    for checkpoint in found.checkpoints:
        format = "keras" if checkpoint.where.lower().endswith(".keras") else checkpoint.format
        if checkpoint.where in files and missing_package(format):
            found.unopened.append(without_package(files[checkpoint.where], format, "checkpoint"))
    opened = set(_places(found))
    read = {
        "features": bool(found.features),
        "annotations": bool(found.annotations),
        "history": bool(found.histories),
        "checkpoint": bool(found.checkpoints),
    }
    stores: dict[str, UnopenedFile] = {}
    for file in listing.files:
        foreign = foreign_format(file.where) if file.where not in opened else None
        if foreign is None:
            continue
        form, where = foreign
        size = file.size + (stores[where].size if where in stores else 0)
        spare = form.spare and read[form.holds]
        stores[where] = UnopenedFile(
            where, size, form.name, form.holds, form.advice, form.how, "", spare
        )
    found.unopened += stores.values()


def not_opened(found: Found, listing: Listing) -> tuple[UnopenedFile, ...]:
    """The files that no reader opened: those noted already, and others by what they may be.

    A licence, a README or a script is not a part of a run: `readings` has it.
    """
    noted = {file.where for file in found.unopened}
    stores = tuple(f"{where}/" for where in noted)
    taken = claimed(found) | noted | {problem.where for problem in found.problems}
    rest = [
        file
        for file in listing.files
        if file.where not in taken
        and file.where not in found.opened
        and not (stores and file.where.startswith(stores))
        and meaning_of(file.path.name).is_of_runs
    ]
    others = [_by_its_name(where, files, listing) for where, files in grouped(rest).items()]
    return tuple(sorted([*found.unopened, *others], key=lambda file: file.where))


def _by_its_name(where: str, files: Sequence[File], listing: Listing) -> UnopenedFile:
    size, meaning = sum(file.size for file in files), meaning_of(files[0].path.name)
    if any(files[0].path.name.lower().endswith(reader.suffixes) for reader in readers()):
        first = files[0]
        alike = sum(file.suffix == first.suffix for file in listing.by_folder[first.folder])
        many = "only the first few hundred files of a suffix in a folder are opened"
        other = f"what is in it is not what a {first.suffix} file of a run has"
        why = many if alike > OPENED_A_SUFFIX else other
        format = first.suffix.lstrip(".")
        return UnopenedFile(where, size, format, "unknown", why, "", count=len(files))
    return UnopenedFile(
        where, size, meaning.format, meaning.holds, meaning.advice, "", spare=True, count=len(files)
    )


def advice(unopened: Sequence[UnopenedFile]) -> str:
    """The end of a sentence about a folder in which nothing could be opened."""
    if not unopened:
        return ""
    first = unopened[0]
    return f"; {first.where} was not opened. {first.advice}"


def _places(found: Found) -> Iterator[str]:
    for artifacts in (
        found.features, found.annotations, found.vocabularies, found.histories, found.predictions,
        found.outputs, found.perhaps, found.checkpoints, found.configs, found.unopened,
    ):  # fmt: skip
        yield from (artifact.where.partition("#")[0] for artifact in artifacts)
    not_built = {problem.where for problem in found.problems if problem.fault == "imports"}
    yield from (found.opened | found.inside) - not_built


def kind_by_name(file: File) -> str:
    """What a file that cannot be opened most likely is; "" where its name says nothing."""
    name = file.path.name.lower()
    if checkpoints.is_named_like_checkpoint(name) or name.endswith(".weights.h5"):
        return "checkpoint"
    if vocabulary.is_named_like_vocabulary(file.where):
        return "vocabulary"
    kind = likely_kind(name)
    if kind:
        return kind
    return "annotations" if split_of_name(name) else ""

"""The data sets of a directory: annotation files by what they tell of."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.directory.cases.choices import choose_vocabulary
from slrdoctor.artifacts.directory.cases.chosen_features import choose_features
from slrdoctor.artifacts.directory.cases.folds import one_fold
from slrdoctor.artifacts.directory.cases.places import is_below, nearest
from slrdoctor.artifacts.directory.cases.run_checkpoints import outputs_of_heads
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.found_samples import distinctly_named, of_taken
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.kinds.features.matching import best_match
from slrdoctor.artifacts.run import AnnotationFile, Choice, ConfigFile, DataSet, FeatureSet
from slrdoctor.words.settings import plain_key
from slrdoctor.words.splits import without_splits

Named = tuple[str, list[AnnotationFile]]  # a data set's annotation files, and their folder
_DATA_SET_KEYS = ("dataset", "dataset_name", "data_set", "corpus")


def data_sets(
    found: Found, root: Path, looked: int, is_users_vocabulary: bool
) -> tuple[list[DataSet], list[Choice]]:
    """`is_users_vocabulary`: the vocabulary is the user's word, and is taken whatever it holds."""
    annotations, choices = one_fold(found.annotations)
    found = replace(found, annotations=annotations)
    families = _families(annotations)
    if len(families) > 1 and found.features:
        families, choice = _with_features(families, found.features)
        choices += [choice] if choice else []
    if len(families) > 1:
        meant, choice = _with_configs(families, found.configs)
        if choice is not None:
            found = _without_neighbours(found, families, meant[0])
            families, choices = meant, [*choices, choice]
    if len(families) <= 1:
        name, files = families[0] if families else ("", [])
        data = _only_set(found, files, name, root, looked, is_users_vocabulary)
        return [data], [*choices, *data.choices]
    sets = []
    outputs = functools.cache(lambda: outputs_of_heads(found.checkpoints))
    for i, (name, files) in enumerate(families):
        mine = [
            v for v in found.vocabularies if _owner(v.where, families) == i and shares_top(v.where, name)
        ]
        vocabularies, taken = choose_vocabulary(mine, files, name, outputs, is_users_vocabulary)
        choices += taken
        problems = tuple(
            p for p in found.problems if is_below(p.where, name) and _owner(p.where, families) == i
        )
        sets.append(
            DataSet(name, root, (), tuple(files), tuple(vocabularies), problems, tuple(taken), looked)
        )
    return sets, choices


def _only_set(
    found: Found,
    files: list[AnnotationFile],
    name: str,
    root: Path,
    looked: int,
    is_users_vocabulary: bool,
) -> DataSet:
    chosen = choose_features(found, [r.id for f in files for r in f.rows])
    files, features = distinctly_named(of_taken(files, chosen.taken), chosen.taken)
    vocabularies, taken = choose_vocabulary(
        found.vocabularies,
        files,
        name,
        lambda: outputs_of_heads(found.checkpoints),
        is_users_vocabulary,
    )
    return DataSet(
        name="",
        root=root,
        features=tuple(features),
        annotations=tuple(files),
        vocabularies=tuple(vocabularies),
        problems=tuple(found.problems),
        choices=(*chosen.choices, *taken),
        looked=looked,
        expected_features=tuple(found.expected),
        beside=tuple(found.beside),
        rivals=chosen.left,
    )


def _without_neighbours(found: Found, families: Sequence[Named], meant: Named) -> Found:
    """What was found, without the vocabularies and problems in the folders of the other data sets."""
    i = families.index(meant)
    folders = {
        f.where.rpartition("/")[0] for family in families if family is not meant for f in family[1]
    }

    def is_mine(where: str) -> bool:
        in_another = any(folder and is_below(where, folder) for folder in folders)
        return not in_another or _owner(where, families) == i

    return replace(
        found,
        vocabularies=[v for v in found.vocabularies if is_mine(v.where)],
        problems=[p for p in found.problems if is_mine(p.where)],
    )


def _families(files: Sequence[AnnotationFile]) -> list[tuple[str, list[AnnotationFile]]]:
    """Annotation files by the data set they tell of, each named by its folder, the largest first.

    Files of one folder belong together, and so do files whose paths differ by a split only.
    """
    parent: dict[str, str] = {}
    for file in files:
        folder = without_splits(file.where.rpartition("/")[0])
        parent[file.where] = _trim_splits(folder)
    grouped: dict[str, list[AnnotationFile]] = {}
    for file in files:
        grouped.setdefault(parent[file.where], []).append(file)
    merged = [(_common_folder(files), files) for files in _merge_by_ids(list(grouped.values()))]
    return sorted(merged, key=lambda item: -sum(len(f.rows) for f in item[1]))


def _common_folder(files: Sequence[AnnotationFile]) -> str:
    parts = [f.where.split("/")[:-1] for f in files]
    common = [a[0] for a in zip(*parts, strict=False) if len(set(a)) == 1]
    return "/".join(common)


def _trim_splits(folder: str) -> str:
    parts = [p for p in folder.split("/") if p and not set(p) <= set("*_-. ")]
    return "/".join(parts)


def _merge_by_ids(families: list[list[AnnotationFile]]) -> list[list[AnnotationFile]]:
    """Folders that tell of the same samples are one data set: info.npy here, stm there."""
    merged: list[tuple[list[AnnotationFile], set[str]]] = []
    for files in families:
        ids = {r.id for f in files for r in f.rows}
        plain = {i for i in ids if not i.isdigit()}
        home = next(
            (m for m in merged if plain and len(plain & m[1]) > 0.5 * min(len(plain), len(m[1]) or 1)),
            None,
        )
        if home is None:
            merged.append((list(files), plain))
        else:
            home[0].extend(files)
            home[1].update(plain)
    return [files for files, _ in merged]


def _with_features(
    families: list[tuple[str, list[AnnotationFile]]], features: Sequence[FeatureSet]
) -> tuple[list[tuple[str, list[AnnotationFile]]], Choice | None]:
    """The families that the features on disk belong to; several data sets cannot share them."""

    def covered(files: Iterable[AnnotationFile]) -> int:
        rows = [row for file in files for row in file.rows]
        return len({i for one in features for i in best_match(rows, one).hits})

    def worth(item: Named) -> tuple[int, float, int, int]:
        # a list of the whole corpus has the ids of a part that is used, and many more
        rows = [row for file in item[1] for row in file.rows]
        there, told = covered(item[1]), sum(bool(row.split) for row in rows)
        return there, there / max(len(rows), 1), told, len(rows)

    worths = [worth(item) for item in families]
    place = max(range(len(families)), key=worths.__getitem__)
    best, (there, used, *_) = families[place], worths[place]
    tied = [one for i, one in enumerate(worths) if i != place and one[0] == there]
    more = "more than the others'"
    if tied:
        has_more = max(tied)[1] < used
        more = "and the others have more samples" if has_more else "and it tells more of its samples"
    others = tuple(f.where for name, files in families if name != best[0] for f in files)
    choice = Choice(
        "annotations",
        ", ".join(f.where for f in best[1]),
        others,
        f"its ids cover {there} of the stored clips, {more}",
        f'[annotations]\ntrain = "{others[0]}"',
    )
    return [best], choice


def _owner(where: str, families: Sequence[Named]) -> int:
    """The family that has the file lying nearest to a place; the largest of several."""
    folders = [(f.where.rpartition("/")[0], i) for i, (_, files) in enumerate(families) for f in files]
    return folders[nearest(where, [folder for folder, _ in folders])][1]


def _with_configs(
    families: list[tuple[str, list[AnnotationFile]]], configs: Sequence[ConfigFile]
) -> tuple[list[tuple[str, list[AnnotationFile]]], Choice | None]:
    """The one family that the configs name as their data set; all, where they name none or several."""
    named = {
        str(value).strip().lower(): f"{path[-1]}: {value} in {config.where}"
        for config in configs
        for path, value in every_setting(config.value)
        if plain_key(path[-1]) in _DATA_SET_KEYS and isinstance(value, str) and value.strip()
    }
    meant = [
        (family, named[word])
        for family in families
        for word in named
        if any(word in f.where.lower().split("/")[:-1] for f in family[1])
    ]
    if len(named) != 1 or len(meant) != 1:
        return families, None
    [(best, why)] = meant
    others = tuple(f.where for family in families if family is not best for f in family[1])
    taken = ", ".join(f.where for f in best[1])
    return [best], Choice("annotations", taken, others, why, f'[annotations]\ntrain = "{others[0]}"')


def shares_top(where: str, name: str) -> bool:
    return is_below(where, name) or is_below(name, where.rpartition("/")[0])

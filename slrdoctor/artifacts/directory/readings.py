"""What each file was taken for, and why: in the words that an artifact has for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.reading import Reading
from slrdoctor.artifacts.run import Choice, DataSet, OutputFile, TrainingRun
from slrdoctor.words.file_meanings import meaning_of
from slrdoctor.words.grammar import counted
from slrdoctor.words.metrics import metric

Cases = Sequence[tuple[DataSet, Sequence[TrainingRun]]]
FEW = 3  # files of one suffix in one folder that are named one by one
MOST_SERIES = 4


def _features(one: Any) -> str:
    joined = f", joined of {', '.join(one.parts)}" if one.parts else ""
    return f"{counted(len(one.clips), 'clip')}: {one.layout} ({one.format}){joined}"


def _annotations(one: Any) -> str:
    return f"{counted(len(one.rows), 'sample')}: {one.convention}"


def _vocabulary(one: Any) -> str:
    return f"{counted(len(one.tokens), 'token')} of {'text' if one.target == 'text' else 'glosses'}"


def _history(one: Any) -> str:
    if not one.series:
        return "a log of a run that ended before its first epoch did"
    epochs = len(set(one.row_epochs)) or max(len(s.values) for s in one.series)
    said = [f"{s.split} {metric(s.quantity).word}".strip() for s in one.series if s.quantity != "other"]
    named = list(dict.fromkeys(word.replace("_", " ") for word in said)) or [s.name for s in one.series]
    more = f" and {len(named) - MOST_SERIES} more" if len(named) > MOST_SERIES else ""
    unit = one.series[0].per
    plural = "batches" if unit == "batch" else ""
    return f"{counted(epochs, unit, plural)} of {', '.join(named[:MOST_SERIES])}{more}"


def _predictions(one: Any) -> str:
    return f"{counted(len(one.hypotheses), 'hypothesis', 'hypotheses')} with references"


def _hypotheses(one: Any) -> str:
    return f"{counted(len(one.by_id), 'hypothesis', 'hypotheses')} by id, without references"


def _outputs(one: Any) -> str:
    several = len(one.clips) if len(one.clips) > 1 else 0  # one clip may be a batch of any size
    samples = max(len(one.ids), len(one.labels), several)
    what = f"{one.tower} embeddings" if one.tower else one.kind.replace("_", " ")
    return f"{what} ({one.format})" + (f" of {counted(samples, 'sample')}" if samples else "")


def _checkpoint(one: Any) -> str:
    return f"weights of a model ({one.format})"


def _scores(one: Any) -> str:
    return f"{counted(len(one.scores), 'score')} that the run reports"


def _config(one: Any) -> str:
    return f"{counted(len(one.value), 'setting')} and no samples"


def _source(one: Any) -> str:
    words = {"python": "Python source", "notebook": "the code of a notebook"}
    kind = words.get(one.kind, "requirements of packages")
    return f"{kind}; {one.says}" if one.says else kind


# attribute of Found -> what the report calls it, and what one of them says of itself
KINDS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "features": ("features", _features),
    "annotations": ("annotations", _annotations),
    "vocabularies": ("vocabulary", _vocabulary),
    "checkpoints": ("checkpoint", _checkpoint),
    "histories": ("history", _history),
    "predictions": ("predictions", _predictions),
    "outputs": ("outputs", _outputs),
    "configs": ("config", _config),
    "reported": ("scores", _scores),
    "sources": ("source", _source),
}
# what was recognised and is used for nothing
SET_ASIDE: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "hypotheses": ("predictions", _hypotheses),
    "beside": ("features", _features),
}


def _kind(one: object, named: str) -> str:
    """What the report calls an artifact: outputs are log-probabilities or embeddings."""
    return one.kind if isinstance(one, OutputFile) else named


def claims(found: Found) -> dict[str, set[str]]:
    """The kinds that every place was recognised as, before anything decided between them."""
    seen: dict[str, set[str]] = {}
    for attribute, (kind, _) in (*KINDS.items(), *SET_ASIDE.items()):
        for one in getattr(found, attribute):
            seen.setdefault(one.where, set()).add(_kind(one, kind))
    # lines without ids may be anything until they are paired
    unnamed = {one.where for one in found.hypotheses if not one.by_id}
    return {where: kinds for where, kinds in seen.items() if where not in unnamed or len(kinds) > 1}


def readings(
    found: Found,
    listing: Listing,
    cases: Cases,
    choices: Iterable[Choice],
    first: Mapping[str, set[str]],
) -> tuple[Reading, ...]:
    """Every file or folder that was looked at: what it was taken for and why, in order of place.

    `first` has what each was recognised as before anything decided between kinds.
    """
    choices = [*choices, *_choices(cases)]
    lost = {(c.kind, where): c for c in choices for where in c.others}
    won = {(c.kind, where): c for c in choices for where in c.taken.split(", ")}
    used, sizes = set(_used(cases)), _Sizes(listing)
    twins = _twins(cases, found)
    made: dict[tuple[str, str], Reading] = {}
    for attribute, (named, says) in KINDS.items():
        for one in getattr(found, attribute):
            kind = _kind(one, named)
            key = (kind, one.where)
            is_taken = key in used or kind == "source"
            twin = twins.get(one.where, "") if kind == "vocabulary" else ""
            why = _said(says(one), won.get(key), lost.get(key), twin, is_taken)
            if key in made and kind == "embeddings":  # the other side of a pair
                made[key] = replace(made[key], why=f"{made[key].why} and {why}")
            made.setdefault(key, Reading(one.where, kind, why, is_taken, (), *sizes.of(one)))
    paired = {key[1] for key in made if key[0] == "predictions"}
    for attribute, (kind, says) in SET_ASIDE.items():
        for one in getattr(found, attribute):
            if (kind, one.where) not in made and one.where not in paired:
                made[kind, one.where] = Reading(one.where, kind, says(one), False, (), *sizes.of(one))
    for key, reading in made.items():
        others = {kind for kind in first.get(reading.where, ()) if (kind, reading.where) not in made}
        made[key] = replace(reading, others=tuple(sorted(others)))
    made |= {("", r.where): r for r in _of_no_kind(found, listing, {where for _, where in made}, first)}
    return tuple(sorted(made.values(), key=lambda r: (r.where, r.kind)))


class _Sizes:
    """How many files an artifact is stored in, and their bytes."""

    def __init__(self, listing: Listing) -> None:
        self._by_where = {file.where: file.size for file in listing.files}
        self._by_folder = listing.by_folder
        self._by_path = {file.path: file.size for file in listing.files}

    def of(self, one: Any) -> tuple[int, int]:
        """(files, bytes); nothing is known of the size of what lies outside of the run directory."""
        where = _file_of(one.where)
        if where in self._by_where:
            return 1, self._by_where[where]
        stored = [part for clip in getattr(one, "clips", ()) for part in (clip.parts or (clip,))]
        paths = {path for part in stored for path in (part.frames or (part.path,))}
        paths = paths or {file.path for file in self._by_folder.get(where, ())}
        return max(len(paths), 1), sum(self._by_path.get(path, 0) for path in paths)


def _file_of(where: str) -> str:
    """The file of a place inside it: "best.pt, key vocab" is in best.pt."""
    return where.partition(INSIDE)[0].partition("#")[0]


def _twins(cases: Cases, found: Found) -> dict[str, str]:
    """The vocabularies whose tokens are those of another one that was taken, with the place of that."""
    taken = {
        data.vocabularies[0].tokens: data.vocabularies[0].where for data, _ in cases if data.vocabularies
    }
    return {
        v.where: taken[v.tokens] for v in found.vocabularies if taken.get(v.tokens, v.where) != v.where
    }


def _said(why: str, won: Choice | None, lost: Choice | None, twin: str, is_taken: bool) -> str:
    if won is not None:
        return f"{why}; taken before {_several(won.others)}: {won.why}"
    if lost is not None:
        instead = f"{_several(lost.taken.split(', '))} was taken instead: " if lost.taken else ""
        return f"{why}; {instead}{lost.why}"
    if twin:
        return f"{why}; the same as in {twin}"
    return why if is_taken else f"{why}; it belongs to no run or data set that was scanned"


def _several(places: Sequence[str]) -> str:
    return places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")


def _choices(cases: Cases) -> Iterator[Choice]:
    for data, runs in cases:
        yield from data.choices
        yield from (choice for run in runs for choice in run.choices)


def _used(cases: Cases) -> Iterator[tuple[str, str]]:
    for data, runs in cases:
        yield from (("features", one.where) for one in data.features)
        yield from (("annotations", one.where) for one in data.annotations)
        yield from (("vocabulary", one.where) for one in data.vocabularies[:1])
        for run in runs:
            yield from (("checkpoint", one.where) for one in run.checkpoints[:1])
            yield from (("history", one.where) for one in run.histories)
            yield from (("predictions", one.where) for one in run.predictions)
            yield from ((one.kind, one.where) for one in run.outputs)
            yield from (("config", one.where) for one in run.configs)


def _of_no_kind(
    found: Found, listing: Listing, places: set[str], first: Mapping[str, set[str]]
) -> Iterator[Reading]:
    """The files that belong to another, that could not be read, or in which nothing was recognised."""
    for where in sorted((found.companions | found.of_samples) - places):
        yield Reading(where, "companion", "ids, labels or lengths of the arrays beside it", True)
    for where, whose in sorted(found.references.items()):
        if where not in places:
            yield Reading(where, "predictions", f"the references of {whose}", True)
    for where in sorted(found.split_lists - places):
        yield Reading(where, "splits", "which sample is in which split", True)
    for problem in found.problems:
        if problem.where not in places:
            yield Reading(problem.where, problem.kind, f"not read: {problem.message}", False)
    taken = claimed(found) | {p.where for p in found.problems}
    for where in sorted(set(first) - places - taken):
        kind, *others = sorted(first[where])
        why = "set aside, as other files were taken for that"
        yield Reading(where, kind, why, False, tuple(others))
    stores = tuple(f"{h.where}/" for h in found.histories)  # a tracker's, with a file a metric
    nothing = [
        f
        for f in listing.files
        if f.where in found.opened
        and f.where not in taken
        and f.where not in first
        and not f.where.startswith(stores)
    ]
    for where, files in grouped(nothing).items():
        why = "opened, and nothing in it was recognised as a part of a run"
        yield Reading(where, "", why, False, count=len(files), size=sum(f.size for f in files))
    noted = {file.where for file in found.unopened}
    for where, files in grouped(_of_no_run(listing.files, taken | noted | found.opened)).items():
        why = f"{meaning_of(files[0].path.name).holds}, which no run is made of"
        yield Reading(where, "", why, False, count=len(files), size=sum(f.size for f in files))


def _of_no_run(files: Iterable[File], others: set[str]) -> Iterator[File]:
    """Licences, READMEs, scripts: what lies beside runs and is never a part of one."""
    return (f for f in files if f.where not in others and not meaning_of(f.path.name).is_of_runs)


def claimed(found: Found) -> set[str]:
    """The places of all files of which something was recognised."""
    places = found.companions | found.of_samples | found.split_lists | found.inside
    places |= set(found.references)
    for attribute in (*KINDS, *SET_ASIDE):
        for one in getattr(found, attribute):
            places |= {one.where, _file_of(one.where)}
    return places


def grouped(files: Iterable[File]) -> dict[str, list[File]]:
    """Files by their place; those of one suffix in one folder together where they are many."""
    families: dict[tuple[str, str], list[File]] = {}
    for file in files:
        families.setdefault((file.folder, file.suffix), []).append(file)
    together: dict[str, list[File]] = {}
    for (folder, suffix), family in families.items():
        if len(family) > FEW:
            together[f"{folder}/*{suffix}" if folder else f"*{suffix}"] = family
        else:
            together |= {file.where: [file] for file in family}
    return together

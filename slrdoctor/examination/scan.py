"""Examine a run directory: open it, judge every case of it, rank, and write the report."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slrdoctor._version import __version__
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.directory.found import NothingToExamine
from slrdoctor.artifacts.run import RunDirectory, TrainingRun
from slrdoctor.artifacts.settings.read import SettingsError
from slrdoctor.core import packs
from slrdoctor.core.catalogue import GRADIENTS
from slrdoctor.core.decision import unjudged
from slrdoctor.core.engine import Facts, MeasureCrashed, Outcome, judge
from slrdoctor.core.lookup import nearest
from slrdoctor.core.ranking import Case
from slrdoctor.core.record import Entry
from slrdoctor.core.registry import REGISTRY, Check, Unavailable
from slrdoctor.core.report import Report, build
from slrdoctor.examination.runs import described_runs
from slrdoctor.examination.summary import plain_readings, plain_unopened, summarise
from slrdoctor.facts.ctc.ctc_lengths import LayerStack
from slrdoctor.facts.ctc.layer_stack import parse_layers
from slrdoctor.facts.evaluation.predictions import ErrorCounts
from slrdoctor.facts.features.features import Effort
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.training.progress import Progress
from slrdoctor.probes.experiment import Experiment, is_file_spec, path_of_spec


class CannotExamine(Exception):
    """The doctor cannot do its job. The message is a sentence for the user."""


@dataclass(frozen=True)
class Selection:
    """Which checks to run: codes or prefixes (CTC, FEA104). Empty `select` means all.

    `ignore` maps codes or prefixes to the reason why.
    """

    select: tuple[str, ...] = ()
    ignore: dict[str, str] = field(default_factory=dict)

    def wants(self, code: str) -> bool:
        return not self.select or code.startswith(self.select)

    def reason_to_ignore(self, code: str) -> str | None:
        # the most exact entry gives the reason
        matching = sorted((p for p in self.ignore if code.startswith(p)), key=len)
        return self.ignore[matching[-1]] if matching else None


Step = Callable[[str, int, int], None]  # what is being done, done so far, in all


def scan(
    path: str | Path = ".",
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    checks: Sequence[str | Path] = (),
    jobs: int = 1,
    progress: Step | None = None,
    experiment: Experiment | None = None,
) -> Report:
    """Examine a run directory and return the report. Runs none of the user's code.

    `checks` are folders of the user's own check files. `experiment` is the leave to run a model
    in a child process. Raises CannotExamine where there is nothing to examine or no check could
    run, and SettingsError for a `slrdoctor.toml` that cannot be used.
    """
    return examined(Path(path), select, ignore, checks, jobs, progress, experiment)[0]


def examined(
    path: Path,
    select: Sequence[str],
    ignore: Sequence[str],
    checks: Sequence[str | Path],
    jobs: int,
    progress: Step | None,
    experiment: Experiment | None,
) -> tuple[Report, list[tuple[Case, Facts]]]:
    """The report of a scan, and the facts of every case of it. Raises as `scan`."""
    broken = packs.load_all([Path(folder) for folder in checks])
    if not REGISTRY.checks:
        raise CannotExamine("no check could be loaded")
    _known_codes((*select, *ignore))
    try:
        run = discover(path, _step(progress, "opening files"))
    except NothingToExamine as nothing:
        raise CannotExamine(str(nothing)) from nothing
    _hold_settings_against(run)
    unwanted = dict(run.settings.ignore) | dict.fromkeys(ignore, "ignored on the command line")
    chosen, ignored = _choose(Selection(tuple(select), unwanted))
    facts, outcomes = [], list[tuple[Case, Outcome]]()
    for case, known in _cases(run, Effort(jobs, _step(progress, "reading features")), experiment):
        facts.append((case, known))
        outcomes += ((case, judge(c, known)) for c in chosen if _belongs(c, case, known))
        if not select:
            _tell(known)
    measured = [(case, fact) for case, known in facts for fact in known.measured()]
    report = build(
        __version__,
        summarise(run, measured),
        outcomes,
        ignored,
        measured,
        broken,
        runs=tuple(described_runs(run, measured)),
        own_model=experiment is not None and is_file_spec(experiment.model),
        readings=plain_readings(run),
        unopened=plain_unopened(run),
    )
    return report, facts


def _tell(known: Facts) -> None:
    """Measure what a reader wants to know of every run, whether or not a check asks for it."""
    for fact in (Progress, ErrorCounts):
        if known.rests_on_given(fact):
            with contextlib.suppress(Unavailable, MeasureCrashed):
                known.get(fact)


def untried_model(report: Report) -> str:
    """Why the model that was given was not run; "" where it was."""
    entry = unjudged(report, GRADIENTS)  # any model that can be run is judged by it
    return entry.text if entry is not None else ""


def detect(path: str | Path) -> tuple[RunDirectory, dict[type, object]]:
    """Open a run directory; what it holds, and the facts that `slrdoctor init` writes down."""
    try:
        run = discover(Path(path))
    except NothingToExamine as nothing:
        raise CannotExamine(str(nothing)) from nothing
    found: dict[type, object] = {}
    for case, known in _cases(run, Effort()):
        for fact in (Task, BlankIndex, LayerStack) if len(case) == 2 else ():
            # what cannot be told is left for the user to write
            with contextlib.suppress(Unavailable, MeasureCrashed):
                found.setdefault(fact, known.get(fact))
    return run, found


def opened(
    path: str | Path, *, jobs: int = 1, progress: Step | None = None
) -> tuple[RunDirectory, list[tuple[Case, Facts]]]:
    """Open a run directory; its training runs, with the facts that can be asked of each."""
    try:
        run = discover(Path(path), _step(progress, "opening files"))
    except NothingToExamine as nothing:
        raise CannotExamine(str(nothing)) from nothing
    _hold_settings_against(run)
    effort = Effort(jobs, _step(progress, "reading features"))
    return run, [(case, known) for case, known in _cases(run, effort) if len(case) == 2]


def _cases(
    run: RunDirectory, effort: Effort, experiment: Experiment | None = None
) -> Iterator[tuple[Case, Facts]]:
    """The facts of the data sets, and below each those of its training runs."""
    for data, runs in run.cases:
        shared = Facts(REGISTRY, (data, run.settings, run.sources, effort))
        yield (data.name,), shared
        for place, training in enumerate(runs):
            # an experiment is about the data set: one of its runs is enough
            allowed = (experiment,) if experiment is not None and place == 0 else ()
            yield (data.name, training.name), Facts(REGISTRY, (training, *allowed), parent=shared)


def _belongs(check: Check, case: Case, known: Facts) -> bool:
    """A check is judged once: at the run where it needs anything of one, else at the data set."""
    of_a_run = any(_needs_run(need.fact) for need in check.needs)
    return of_a_run == (len(case) == 2)


@functools.cache
def _needs_run(fact: type) -> bool:
    return Facts(REGISTRY, (TrainingRun("", Path()),)).rests_on_given(fact)


def _choose(selection: Selection) -> tuple[list[Check], list[Entry]]:
    chosen, ignored = [], []
    for code, check in sorted(REGISTRY.checks.items()):
        if not selection.wants(code):
            continue
        reason = selection.reason_to_ignore(code)
        if reason is None:
            chosen.append(check)
        else:
            ignored.append(Entry(code, check.name, reason))
    if not chosen:
        raise CannotExamine("no check is left to run: every one is ignored or not selected")
    return chosen, ignored


def _known_codes(prefixes: Iterable[str]) -> None:
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in REGISTRY.checks):
            raise CannotExamine(f"no check is called {prefix!r}{nearest(prefix, REGISTRY.checks)}")


def _hold_settings_against(run: RunDirectory) -> None:
    """Refuse what `slrdoctor.toml` says where it cannot be so: it would be skipped in silence."""
    settings = run.settings
    _known_codes(settings.ignore)
    for key, spec in (
        ("factory", settings.factory),
        ("loss", settings.loss),
        ("decode", settings.decode),
    ):
        if is_file_spec(spec) and not path_of_spec(spec, run.path)[0].is_file():
            raise SettingsError(
                f"{settings.read_from}: [model] {key} = {spec!r} does not exist in {run.path}"
            )
    if settings.layers:
        try:
            parse_layers(settings.layers)
        except ValueError as error:
            raise SettingsError(f"{settings.read_from}: [model] layers = {error}") from error
    tokens = max((len(v.tokens) for data, _ in run.cases for v in data.vocabularies[:1]), default=0)
    # the blank may be a class of its own behind the tokens
    if tokens and isinstance(settings.blank, int) and settings.blank > tokens:
        raise SettingsError(
            f"{settings.read_from}: [vocabulary] blank = {settings.blank}, but the vocabulary has "
            f"{tokens} tokens"
        )


def _step(progress: Step | None, what: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(what, done, total)

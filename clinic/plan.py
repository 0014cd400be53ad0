"""Which runs the clinic makes, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

# with every second fault of an area: what limits and edges were tuned on
TUNED_FAMILIES = ("tcn_bilstm_ctc", "isolated_transformer", "contrastive", "sign2text")
ALL_TASKS_SEEDS = 1  # seeds with which a fault is made for the tasks that are not its usual one
SLOWEST = "bilstm_ctc"
PAIRS = (  # of which neither brings about the other: both must be found
    "labels-shuffled+gpu-not-used",
    "features-missing+dev-in-train",
    "nan-in-features+checkpoint-runs-code",
    "score-of-swapped-sides+gpu-not-used",
    "frozen-frames+two-runs-in-one-history",
    "rate-collapsed+dev-copied-into-train",
    "scales-mixed+vocabulary-mostly-unseen",
    "targets-too-long+gpu-not-used",
    "clips-empty+two-runs-in-one-history",
    "annotations-contradict+gpu-not-used",
    "blank-bias+checkpoint-runs-code",
    "no-log-softmax+two-runs-in-one-history",
    "vocabulary-lacks-glosses+gpu-not-used",
    "head-only-trained+two-runs-in-one-history",
    "few-examples+gpu-not-used",
    "labels-shuffled+train-loss-summed",
    "stale-cache+words-too-rare",
    "noise-for-features+two-runs-in-one-history",
)


@dataclass(frozen=True)
class Case:
    """One run of the clinic."""

    fault: str
    task: str
    family: str
    convention: str
    seed: int

    @property
    def key(self) -> str:
        return "/".join((self.fault, self.task, self.family, self.convention, str(self.seed)))


def plan(seeds: int) -> list[Case]:
    """Every fault and pair with each family of its tasks, the conventions going round."""
    from slrdoctor.simulation import load_faults
    from slrdoctor.simulation.conventions import conventions_of
    from slrdoctor.simulation.recipes import FAMILIES
    from slrdoctor.simulation.registry import find

    cases = []
    for fault in (*load_faults().values(), *map(find, PAIRS)):
        for place, task in enumerate(fault.tasks[:1] if fault.parts else fault.tasks):
            families = [f for f in FAMILIES[task] if not fault.families or f in fault.families]
            ways = [c for c in conventions_of(task) if not fault.conventions or c in fault.conventions]
            for seed in range(seeds if place == 0 else ALL_TASKS_SEEDS):
                for number, family in enumerate(families):
                    # the conventions go round, so that each family meets several over the seeds
                    way = ways[(seed + number) % len(ways)]
                    cases.append(Case(fault.name, task, family, way, seed))

    def place_of(case: Case) -> tuple[bool, bool, int, str, str]:
        # each seed first with one family of a task, another one a seed, then with the others, and the
        # slowest last; runs of one world and recipe stand together, as their training is remembered
        own = FAMILIES[case.task]
        later = own.index(case.family) != case.seed % len(own)
        return later, case.family == SLOWEST, case.seed, case.task, case.family

    return sorted(cases, key=place_of)


def tuned_faults() -> set[str]:
    """The half of the faults that limits and edges were tuned on: every second of each area."""
    from slrdoctor.simulation import load_faults

    areas: dict[str, list[str]] = {}
    for name, fault in load_faults().items():
        areas.setdefault(fault.area, []).append(name)
    return {name for names in areas.values() for name in sorted(names)[::2]}

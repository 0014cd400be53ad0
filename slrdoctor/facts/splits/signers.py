"""Who signs in which split, and whether the run claims that signers are held apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from slrdoctor.artifacts.run import DataSet, Row, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import every_value
from slrdoctor.facts.labels.samples import Samples

_IN_ID = re.compile(
    r"(?:^|[^a-z])(?:signer|person|subject|participant|speaker|user|informant)[_\- ]?0*(\d+)(?!\d)",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"signer[-_ ]?indep\w*|(?:unseen|cross|held[-_ ]?out|leave[-_ ]?one)[-_ ]?signers?|"
    r"(?<![a-z0-9])si\d(?!\d)",  # PHOENIX-2014 SI5
    re.IGNORECASE,
)
_SI = re.compile(r"(?<![A-Za-z0-9])SI(?![A-Za-z0-9])")  # as a word of its own, in capitals


@dataclass(frozen=True)
class Signers:
    """The signers of each split. `claim` is where signer independence is claimed, or ""."""

    by_split: dict[str, frozenset[str]]
    samples: dict[str, dict[str, int]]  # split -> signer -> samples
    known_by: str  # "the annotations" | "the ids"
    claim: str
    read_from: str

    @property
    def train(self) -> frozenset[str]:
        return self.by_split.get("train", frozenset())

    def shared(self, split: str) -> frozenset[str]:
        """Signers of a split who also sign in training."""
        return self.by_split.get(split, frozenset()) & self.train

    @property
    def sentence(self) -> str:
        parts = [
            f"{len(self.shared(s))} of {len(self.by_split[s])} {s} signers are also in train"
            for s in ("dev", "test")
            if s in self.by_split and self.train
        ]
        if not parts:
            parts = [
                f"{len(signers)} {split or 'unsplit'} signers"
                for split, signers in self.by_split.items()
            ]
        claimed = (
            f"{self.claim} claims signer independence"
            if self.claim
            else "nothing claims signer independence"
        )
        return f"{', '.join(parts)}; {claimed}"


@measure
def signers(data: DataSet, run: TrainingRun, samples: Samples) -> Signers:
    """Signers by the annotations' column, else by ids that all name one."""
    known_by = "the annotations"
    named = [(row, row.signer) for row in samples.rows if _is_known(row.signer)]
    if not named:
        known_by = "the ids"
        in_ids = [(row, _signer_in(row)) for row in samples.rows]
        # a pattern that some ids lack may be a part of a name
        named = in_ids if in_ids and all(signer for _, signer in in_ids) else []
    if not named:
        raise Unavailable(
            f"the signers are unknown: no signer column in {samples.read_from}, and the ids name none",
            "add a signer column to the annotations",
        )
    counts: dict[str, dict[str, int]] = {}
    for row, signer in named:
        of_split = counts.setdefault(row.split, {})
        of_split[str(signer)] = of_split.get(str(signer), 0) + 1
    return Signers(
        by_split={split: frozenset(of_split) for split, of_split in counts.items()},
        samples=counts,
        known_by=known_by,
        claim=_claim(data, run),
        read_from=samples.read_from,
    )


def _is_known(signer: str | None) -> bool:
    return signer is not None and signer.strip().lower() not in ("", "-1", "none", "nan", "unknown")


def _signer_in(row: Row) -> str | None:
    for text in (row.id, row.path or ""):
        found = _IN_ID.search(text)
        if found:
            return found[1]
    return None


def _claim(data: DataSet, run: TrainingRun) -> str:
    """Where it is written that dev and test signers do not train; "" where it is not."""
    for where in _places(data):
        if _CLAIM.search(where) or _SI.search(where.rpartition("/")[2]):
            return where
    for found in every_value(run):
        if found.is_off:
            continue
        if _CLAIM.search(found.name) or (isinstance(found.value, str) and _CLAIM.search(found.value)):
            return f"{found.key}: {found.value} in {found.read_from}"
    return ""


def _places(data: DataSet) -> Iterable[str]:
    return (*(file.where for file in data.annotations), *(found.where for found in data.features))

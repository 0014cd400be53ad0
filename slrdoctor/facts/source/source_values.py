"""Settings as the sources give them, for where no config, command line or log does."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.artifacts.kinds.source.claims import SourceClaim, all_claims
from slrdoctor.artifacts.kinds.source.evaluate import DEFAULT
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source.source_programs import SourcePrograms


@dataclass(frozen=True)
class SourceValues:
    """What calls of the sources set, with file and line."""

    claims: tuple[SourceClaim, ...]
    read_from: str

    def of(self, setting: str) -> SourceClaim | None:
        """The one value that all calls give a setting; None where they differ or nothing does.

        A literal or a constant is taken before defaults, which something may have overruled.
        """
        said = [one for one in self.claims if one.setting == setting]
        sure = [one for one in said if one.how != DEFAULT] or said
        return sure[0] if len({repr(one.value) for one in sure}) == 1 else None

    @property
    def sentence(self) -> str:
        return "; ".join(f"{one.sentence} ({one.where})" for one in self.claims)


@measure
def source_values(code: SourcePrograms) -> SourceValues:
    """Read the settings off the calls of losses, optimizers, schedules, loaders and layers."""
    claims = all_claims(code.folder, code.values)
    if not claims:
        raise Unavailable("no call in the sources sets a loss, an optimizer, a loader or a layer")
    return SourceValues(claims, code.read_from)

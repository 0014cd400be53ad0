"""Files that may be features, a history, predictions or a checkpoint, and that no reader opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.filesize import decimal

from slrdoctor.artifacts.run import DataSet, UnopenedFile
from slrdoctor.core.registry import measure


@dataclass(frozen=True)
class UnopenedFormat:
    """All unopened files of one format that seem to hold the same."""

    format: str
    kind: str  # what they hold, most likely
    files: tuple[str, ...]  # the first few
    count: int
    size: int  # bytes
    package: (
        str  # what is missing here, by its name on the registry; "" where no reader takes the format
    )
    advice: str
    how: str
    spare: bool  # a form of the same was found that could be read

    @property
    def sentence(self) -> str:
        why = f"needs {self.package}" if self.package else "no reader for this format"
        files = f"{self.count} {self.format} file{'s' * (self.count != 1)}"
        return f"{files} ({self.files[0]}{' ...' * (self.count > 1)}, {decimal(self.size)}; {why})"


@dataclass(frozen=True)
class UnopenedFiles:
    """The unopened files of a data set and its runs, by format, those of a missing package first."""

    formats: tuple[UnopenedFormat, ...]
    looked: int  # files of the run folder
    read_from: str

    @property
    def sentence(self) -> str:
        count = sum(form.count for form in self.formats)
        unopened = ", ".join(form.format for form in self.formats)
        formats = f"{count} of {self.looked} files are in formats that cannot be opened here: {unopened}"
        return (
            formats
            if count
            else f"none of {self.looked} files is in a format that cannot be opened here"
        )


SHOWN = 5  # files of a format that are named


@measure
def unopened_files(data: DataSet) -> UnopenedFiles:
    grouped: dict[tuple[str, str, str], list[UnopenedFile]] = {}
    for file in data.unopened:
        grouped.setdefault((file.package, file.format, file.kind), []).append(file)
    ordered = sorted(grouped.values(), key=lambda files: (not files[0].package, -len(files)))
    formats = tuple(_format(files) for files in ordered)
    first = ", ".join(form.files[0] for form in formats[:3])
    return UnopenedFiles(formats, data.looked, first or "the names of all files")


def _format(files: Iterable[UnopenedFile]) -> UnopenedFormat:
    first, *_ = files = tuple(files)
    return UnopenedFormat(
        format=first.format,
        kind=first.kind,
        files=tuple(file.where for file in files[:SHOWN]),
        count=len(files),
        size=sum(file.size for file in files),
        package=first.package,
        advice=first.advice,
        how=first.how,
        spare=first.spare,
    )

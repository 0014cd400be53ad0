"""The files that lie beside a file."""

from __future__ import annotations

from collections.abc import Callable

from slrdoctor.artifacts.content import Content, Unreadable
from slrdoctor.artifacts.directory.listing import File
from slrdoctor.artifacts.formats import read


def siblings_of(file: File, opened: list[str] | None = None) -> Callable[[str], Content | None]:
    """Opens a file of the same folder, or with `../` before its name of the one above; None for none.

    The folder is looked at on disk: a file that `slrdoctor.toml` names alone has its siblings all
    the same. `opened` gets the places of those that could be read.
    """

    def open_sibling(name: str) -> Content | None:
        is_above = name.startswith("../")
        if is_above and not file.folder:
            return None  # above the run directory
        folder = file.path.parent.parent if is_above else file.path.parent
        path = folder / name.removeprefix("../")
        if not path.is_file():
            return None
        try:
            content = read(path)
        except Unreadable:
            return None
        if opened is not None:
            place = file.folder.rpartition("/")[0] if is_above else file.folder
            opened.append(f"{place}/{path.name}" if place else path.name)
        return content

    return open_sibling

"""The files that lie beside a file."""

from __future__ import annotations

from collections.abc import Callable

from slrdoctor.artifacts.content import Content, Unreadable
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.formats import read


def siblings_of(file: File, listing: Listing) -> Callable[[str], Content | None]:
    """Opens a file of the same folder, or with `../` before its name of the one above; None for none."""

    def open_sibling(name: str) -> Content | None:
        is_above = name.startswith("../")
        folder = file.folder.rpartition("/")[0] if is_above else file.folder
        if is_above and not file.folder:
            return None
        name = name.removeprefix("../")
        for other in listing.by_folder.get(folder, ()):
            if other.path.name == name:
                try:
                    return read(other.path)
                except Unreadable:
                    return None
        return None

    return open_sibling

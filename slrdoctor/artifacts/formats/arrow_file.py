"""Arrow's own files, which HF datasets keeps data in: `data-00000-of-00001.arrow`, and feather."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.artifacts.content import Content, Reader, Unreadable, needed_to_read
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._arrow_tables import content_of
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP

MAGIC = b"ARROW1"  # of files; a stream has none
LARGEST = 2 << 30  # bytes of values
_LIBRARY_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError)


def _read(path: Path) -> Content:
    is_stream = not read_head(path).startswith(MAGIC)
    with needed_to_read("an .arrow file", "pyarrow"):
        import pyarrow
        import pyarrow.ipc
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"an Arrow table of over {LARGEST >> 20} MiB: save it in parts", "unsupported")
    try:
        with pyarrow.memory_map(str(path)) as source:
            opened = pyarrow.ipc.open_stream(source) if is_stream else pyarrow.ipc.open_file(source)
            table = opened.read_all()
            table.validate(full=True)
            return content_of(table)
    except (pyarrow.ArrowException, *_LIBRARY_ERRORS) as error:
        first = (str(error) or repr(error)).splitlines()[0]
        raise Unreadable(f"Arrow cannot read it: {first}") from error


def _example(folder: Path) -> Path:
    import pyarrow
    import pyarrow.ipc

    path = folder / "data-00000-of-00001.arrow"
    table = pyarrow.table({"id": ["a", "b"], "pose": [EXAMPLE_CLIP.tolist()] * 2, "label": [0, 1]})
    with pyarrow.OSFile(str(path), "wb") as file, pyarrow.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return path


READER = Reader(
    name="arrow",
    suffixes=(".arrow", ".feather", ".ipc"),
    read=_read,
    example=_example,
    magic=(MAGIC,),
    needs="pyarrow",
)

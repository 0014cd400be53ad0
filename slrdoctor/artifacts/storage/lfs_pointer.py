"""Git LFS leaves a few lines of text where a large file was not fetched."""

from __future__ import annotations

from slrdoctor.artifacts.content import Unreadable

LFS_POINTER = b"version https://git-lfs"


def refuse_pointer(head: bytes) -> None:
    """Raise Unreadable (lfs-pointer) where the first bytes of a file are those of a pointer."""
    if head.startswith(LFS_POINTER):
        raise Unreadable("a Git LFS pointer, not the file itself: run `git lfs pull`", "lfs-pointer")

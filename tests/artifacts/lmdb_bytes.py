"""LMDB files by hand: leaves, pages of large values, and one branch above several leaves."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

SIZE = 4096
EMPTY = (1 << 64) - 1
BRANCH, LEAF, OVERFLOW, META = 1, 2, 4, 8
MOST_INSIDE = 1500  # bytes of a value that lies in its leaf


def page(number: int, kind: int, nodes: Sequence[bytes]) -> bytes:
    """A page of nodes, which fill it from its end."""
    at, starts, body = SIZE, [], b""
    for node in nodes:
        padded = node + b"\0" * (len(node) % 2)
        at -= len(padded)
        starts.append(at)
        body = padded + body
    lower = 16 + 2 * len(starts)
    assert lower <= at
    head = struct.pack(f"<QHHHH{len(starts)}H", number, 0, kind, lower, at, *starts)
    return head.ljust(at, b"\0") + body


def lmdb_bytes(values: Mapping[str, bytes], in_a_leaf: int = 40) -> bytes:
    """A file of one database; leaves of at most so many keys, below a branch where they are several."""
    pages: list[bytes] = [b"", b""]
    leaves: list[tuple[bytes, int]] = []
    ordered = sorted((key.encode(), value) for key, value in values.items())
    group: list[bytes] = []
    first = b""
    used = 0

    def close() -> None:
        leaves.append((first, len(pages)))
        pages.append(page(len(pages), LEAF, group))

    for key, value in ordered:
        if len(value) <= MOST_INSIDE:
            node = struct.pack("<HHHH", len(value) & 0xFFFF, len(value) >> 16, 0, len(key)) + key + value
        else:
            number = len(pages)
            count = -(-(16 + len(value)) // SIZE)
            large = struct.pack("<QHHI", number, 0, OVERFLOW, count) + value
            large = large.ljust(count * SIZE, b"\0")
            pages.extend(large[i * SIZE : (i + 1) * SIZE] for i in range(count))
            sizes = struct.pack("<HHHH", len(value) & 0xFFFF, len(value) >> 16, 1, len(key))
            node = sizes + key + struct.pack("<Q", number)
        if group and (used + len(node) + 4 > SIZE - 64 or len(group) >= in_a_leaf):
            close()
            group, used = [], 0
        if not group:
            first = key
        group.append(node)
        used += len(node) + 4
    close()
    root = leaves[0][1]
    if len(leaves) > 1:
        root = len(pages)
        nodes = [
            struct.pack("<HHHH", number & 0xFFFF, number >> 16, 0, 0 if i == 0 else len(key))
            + (b"" if i == 0 else key)
            for i, (key, number) in enumerate(leaves)
        ]
        pages.append(page(root, BRANCH, nodes))
    for state, at in enumerate((EMPTY, root)):
        unused = struct.pack("<IHHQQQQQ", SIZE, 8, 0, 0, 0, 0, 0, EMPTY)
        main = struct.pack("<IHHQQQQQ", 0, 0, 1, 0, len(leaves), 0, len(values) * state, at)
        head = struct.pack("<QHHHHIIQQ", state, 0, META, 0, 0, 0xBEEFC0DE, 1, 0, 1 << 24)
        pages[state] = (head + unused + main + struct.pack("<QQ", len(pages) - 1, state)).ljust(
            SIZE, b"\0"
        )
    return b"".join(pages)


def write_lmdb(path: Path, values: Mapping[str, bytes], in_a_leaf: int = 40) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lmdb_bytes(values, in_a_leaf))

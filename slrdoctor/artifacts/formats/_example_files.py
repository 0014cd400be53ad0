"""What the examples of the formats are made of: a clip, and a file of a few lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np

EXAMPLE_CLIP = np.sin(np.arange(20, dtype=np.float32)).reshape(5, 4)  # frames, values


def write_text(path: Path, *lines: str) -> Path:
    """Write lines in UTF-8; gives the path."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

"""Made-up data that can be learned: a course of values over time per gloss, and noise."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float32]
WIDTH = 16  # values per frame
NOISE = {1: (1.6, 0.8), 4: (0.5, 0.3)}  # by the most glosses of a clip: of each frame, of the whole clip
GLOSSES = (
    "REGEN", "WIND", "SONNE", "NORD", "SUED", "MORGEN", "ABEND", "WOLKE", "SCHNEE", "KALT", "WARM",
    "NACHT",
)  # fmt: skip
WORDS = (
    "regen", "wind", "sonne", "norden", "süden", "morgen", "abend", "wolken", "schnee", "kalt", "warm",
    "nachts",
)  # fmt: skip
Sample = tuple[str, list[int], Frames]  # id, glosses by their place in GLOSSES, [T, WIDTH]


def samples(split: str, count: int, glosses: tuple[int, int], frames: tuple[int, int]) -> list[Sample]:
    """So many clips of so many glosses, each of so many frames (least, most)."""
    knots = np.random.default_rng(7).normal(1.0, 1.5, (len(GLOSSES), 4, WIDTH))
    rng = np.random.default_rng([1, len(split), count])
    made: list[Sample] = []
    for number in range(count):
        length = int(rng.integers(glosses[0], glosses[1] + 1))
        first = [number % len(GLOSSES)]  # every gloss as often as the others
        chosen = [*first, *(int(g) for g in rng.integers(0, len(GLOSSES), length - 1))]
        pieces = [_course(knots[g], int(rng.integers(frames[0], frames[1] + 1))) for g in chosen]
        clip = np.concatenate(pieces)
        each, whole = NOISE[glosses[1]]
        clip = clip + rng.normal(0, each, clip.shape) + rng.normal(0, whole, (1, WIDTH))
        made.append((f"{split}_{number:04d}", chosen, clip.astype(np.float32)))
    return made


def _course(knots: npt.NDArray[np.float64], frames: int) -> npt.NDArray[np.float64]:
    at = np.linspace(0, len(knots) - 1, frames)
    return np.stack([np.interp(at, np.arange(len(knots)), knots[:, i]) for i in range(WIDTH)], axis=1)


def isolated(folder: Path) -> None:
    """`features/ID.npy`, train.csv and dev.csv with a label, and classes.txt."""
    _write(folder, {"train": 240, "dev": 96}, (1, 1), (12, 22), "label", GLOSSES)
    (folder / "classes.txt").write_text("\n".join(GLOSSES) + "\n", encoding="utf-8")


def sequences(folder: Path) -> None:
    """`features/ID.npy`, train.csv and dev.csv with glosses, and a vocabulary whose 0 is the blank."""
    _write(folder, {"train": 200, "dev": 60}, (2, 4), (6, 9), "glosses", GLOSSES)
    vocabulary = {"<blank>": 0} | {gloss: 1 + i for i, gloss in enumerate(GLOSSES)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, indent=1), encoding="utf-8")


def texts(folder: Path) -> None:
    """`features/ID.npy`, train.csv and dev.csv with a text, and a vocabulary with special tokens."""
    _write(folder, {"train": 400, "dev": 80}, (2, 4), (5, 7), "text", WORDS)
    tokens = ["<pad>", "<s>", "</s>", "<unk>", *WORDS]
    content = json.dumps({token: i for i, token in enumerate(tokens)}, indent=1, ensure_ascii=False)
    (folder / "vocab.json").write_text(content, encoding="utf-8")


def _write(
    folder: Path,
    counts: dict[str, int],
    glosses: tuple[int, int],
    frames: tuple[int, int],
    column: str,
    names: Sequence[str],
) -> None:
    (folder / "features").mkdir(parents=True)
    for split, count in counts.items():
        with (folder / f"{split}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", column])
            for name, chosen, clip in samples(split, count, glosses, frames):
                np.save(folder / "features" / f"{name}.npy", clip)
                rows.writerow([name, " ".join(names[g] for g in chosen)])

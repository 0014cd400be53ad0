"""The data of a simulated training: who signs what, in which split, and what it means in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from slrdoctor.simulation.signing import NOISE, Clip, Sign, Signer, make_signers, make_signs, perform
from slrdoctor.words.splits import SPLITS

TASKS = ("ctc", "classification", "retrieval", "translation")
SIZES = {
    "ctc": {"train": 240, "dev": 50, "test": 30},
    "classification": {"train": 240, "dev": 75, "test": 45},
    "retrieval": {"train": 384, "dev": 96, "test": 48},
    "translation": {"train": 320, "dev": 60, "test": 30},
}
GLOSSES = (
    "REGEN", "SONNE", "WIND", "MORGEN", "NORD", "SUED", "WOLKE", "KALT", "WARM", "TAG", "NACHT",
    "SCHNEE", "HEUTE", "REGION", "GRAD", "STARK", "MONTAG", "FREUNDLICH", "GEWITTER", "BERG",
    "NEBEL", "KOMMEN", "MEER", "FROST",
)  # fmt: skip
SIGNS = {
    "BUCH": 0, "HAUS": 1, "MUTTER": 2, "VATER": 3, "SCHULE": 4, "ARBEIT": 5, "ESSEN": 6,
    "TRINKEN": 7, "FREUND": 8, "STADT": 9, "AUTO": 10, "LERNEN": 11, "FRAGE": 12, "KIND": 13,
    "HILFE": 14,
}  # fmt: skip
TIMES = {
    "MORGEN": "morgen", "HEUTE": "heute", "NACHT": "in der nacht", "MONTAG": "am montag",
    "ABEND": "am abend",
}  # fmt: skip
WEATHER = {
    "REGEN": "regnet es", "SCHNEE": "schneit es", "SONNE": "scheint die sonne", "WIND": "weht der wind",
    "NEBEL": "bildet sich nebel", "GEWITTER": "gibt es gewitter",
}  # fmt: skip
PLACES = {
    "NORD": "im norden", "SUED": "im süden", "BERG": "in den bergen", "MEER": "an der küste",
    "REGION": "in der ganzen region",
}  # fmt: skip
MANNERS = {"STARK": "sehr kräftig", "WENIG": "nur ein wenig", "LANG": "den ganzen tag lang"}
MANNER = {"classification": (3.0, 0.02)}  # pace and noise: a sign of its own is signed slowly
PHRASES = 48  # of retrieval


@dataclass
class Sample:
    name: str
    split: str
    signer: str
    clip: Clip  # [T, D]
    glosses: tuple[str, ...]
    text: str = ""
    stored: bool = True  # False: it is annotated, and its features are not there
    frames: int = 0  # that the annotation claims; 0 where it claims none


@dataclass
class World:
    """`tokens` are the outputs of a recogniser in their order; for CTC the blank is among them."""

    task: str
    seed: int
    samples: list[Sample]
    tokens: list[str]
    signs: dict[str, Sign]
    signers: list[Signer]
    blank: str = ""
    notes: dict[str, float] = field(default_factory=dict)

    def of(self, split: str) -> list[Sample]:
        return [sample for sample in self.samples if sample.split == split]

    def stored(self, split: str) -> list[Sample]:
        return [sample for sample in self.of(split) if sample.stored]

    @property
    def blank_index(self) -> int:
        return self.tokens.index(self.blank)

    def generator(self, purpose: int) -> np.random.Generator:
        """Numbers of its own for each purpose, so that a fault leaves the rest of the world as it is."""
        return np.random.default_rng((self.seed, purpose, TASKS.index(self.task)))


def make_world(task: str, seed: int = 0) -> World:
    """A healthy data set. Raises ValueError for a task that there is not."""
    if task not in TASKS:
        raise ValueError(f"no task is called {task!r}: {', '.join(TASKS)}")
    world = World(task, seed, [], [], {}, [])
    rng = world.generator(0)
    world.signers = make_signers(5, rng)
    names = _glosses_of(task)
    world.signs = dict(zip(names, make_signs(len(names), rng), strict=True))
    world.tokens = list(names)
    if task == "ctc":
        world.blank = "<blank>"
        world.tokens = ["<blank>", *names]
    phrases = _phrases(rng) if task == "retrieval" else []
    for split in SPLITS:
        for number in range(SIZES[task][split]):
            glosses, text = _content(task, number, rng, phrases)
            world.samples.append(record(world, f"{split}_{number:04d}", split, glosses, text, rng))
    return world


def record(
    world: World,
    name: str,
    split: str,
    glosses: tuple[str, ...],
    text: str,
    rng: np.random.Generator,
    signer: Signer | None = None,
) -> Sample:
    """Have someone sign it."""
    signer = signer or world.signers[int(rng.integers(len(world.signers)))]
    pace, noise = MANNER.get(world.task, (1.0, NOISE))
    clip = perform([world.signs[gloss] for gloss in glosses], signer, rng, pace, noise)
    return Sample(name, split, signer.name, clip, glosses, text)


def _glosses_of(task: str) -> tuple[str, ...]:
    if task == "ctc":
        return GLOSSES
    if task == "classification":
        return tuple(SIGNS)
    return tuple(dict.fromkeys((*TIMES, *WEATHER, *PLACES, *MANNERS)))


def _content(
    task: str, number: int, rng: np.random.Generator, phrases: list[tuple[tuple[str, ...], str]]
) -> tuple[tuple[str, ...], str]:
    if task == "ctc":
        return sentence(rng), ""
    if task == "classification":
        names = tuple(SIGNS)
        return (names[number % len(names)],), ""
    if task == "retrieval":
        return phrases[number % len(phrases)]
    return statement(rng)


def sentence(rng: np.random.Generator) -> tuple[str, ...]:
    """Three to seven glosses, the frequent ones as frequent as in speech; some come twice."""
    weights = 1 / (np.arange(len(GLOSSES)) + 4.0)
    weights /= weights.sum()
    glosses: list[str] = []
    for _ in range(int(rng.integers(3, 8))):
        repeats = bool(glosses) and rng.random() < 0.06
        glosses.append(glosses[-1] if repeats else str(rng.choice(GLOSSES, p=weights)))
    return tuple(glosses)


def statement(rng: np.random.Generator) -> tuple[tuple[str, ...], str]:
    """Glosses of a weather forecast, and the German for them: when, what, where, how."""
    when, what, where, how = (
        str(rng.choice(list(words))) for words in (TIMES, WEATHER, PLACES, MANNERS)
    )
    glosses: tuple[str, ...] = (when, where, what)
    words = f"{TIMES[when]} {WEATHER[what]} {PLACES[where]}"
    if rng.random() < 0.6:
        glosses, words = (*glosses, how), f"{words} {MANNERS[how]}"
    return glosses, words


def _phrases(rng: np.random.Generator) -> list[tuple[tuple[str, ...], str]]:
    """So many statements, all different."""
    found: dict[str, tuple[str, ...]] = {}
    while len(found) < PHRASES:
        glosses, text = statement(rng)
        found[text] = glosses
    return [(glosses, text) for text, glosses in found.items()]

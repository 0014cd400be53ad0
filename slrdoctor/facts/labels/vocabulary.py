"""What each output class stands for, and which of them is the CTC blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.source.evaluate import DEFAULT
from slrdoctor.artifacts.run import DataSet, TrainingRun, VocabularyFile
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, configured
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.source.source_values import SourceValues
from slrdoctor.words.settings import BLANK, BLANK_TOKEN, CLASSES
from slrdoctor.words.tokens import BLANKS, UNWRITTEN, is_special

OF_TEXTS = 0.9  # share of tokens that are words of texts, from which on no gloss is looked for
SPARE = 4  # classes that a head may have beyond the tokens: blank, padding, start and end
_BARE_REACH = 5  # a bare word is special only this near to either end: BLANK can be a sign


@dataclass(frozen=True)
class Vocabulary:
    """What each output class stands for."""

    tokens: tuple[str | None, ...]  # by index; None where no token owns the index
    specials: tuple[int, ...]  # indices of <pad>, <s>, <unk>, the blank token ...
    read_from: str
    collisions: tuple[tuple[str, ...], ...] = ()

    @property
    def glosses(self) -> tuple[tuple[int, str], ...]:
        """(index, token) of every output class that stands for a gloss."""
        special = set(self.specials)
        return tuple((i, t) for i, t in enumerate(self.tokens) if t is not None and i not in special)

    @property
    def sentence(self) -> str:
        special = [self.tokens[i] or '""' for i in self.specials]
        named = f" and {', '.join(special[:8])}" if special else ""
        return f"{len(self.glosses)} glosses{named} in the vocabulary"


@dataclass(frozen=True)
class BlankIndex:
    """Which output class is the CTC blank, and how that is known."""

    index: int
    known_by: str  # "slrdoctor.toml", "the token <blank>", "no token owns index 0", ... or "assumed"
    certain: bool
    read_from: str

    @property
    def sentence(self) -> str:
        return f"the blank is index {self.index} ({self.known_by})"


@measure
def vocabulary(data: DataSet) -> Vocabulary:
    """The vocabulary that was taken; a file of zero bytes is one without tokens."""
    for file in data.vocabularies:
        if file.target != "text" and not _is_of_texts(file, data):
            return Vocabulary(file.tokens, special_indices(file), file.where, file.collisions)
    for problem in data.problems:
        if problem.kind == "vocabulary" and problem.fault == "empty":
            return Vocabulary((), (), problem.where)
    only = f"{data.vocabularies[0].where} lists words of texts, not glosses" if data.vocabularies else ""
    raise Unavailable(
        only or f"no vocabulary among {data.looked} files (a list of tokens, or tokens with an index)",
        'give its path in slrdoctor.toml: [vocabulary] path = "gloss_dict.json"',
    )


def _is_of_texts(file: VocabularyFile, data: DataSet) -> bool:
    """Whether a vocabulary that is not named so is of the words of the texts, beside glosses."""
    rows = [row for annotated in data.annotations for row in annotated.rows]
    glosses = {gloss for row in rows for gloss in row.glosses or ()}
    words = {word for row in rows if row.glosses for word in (row.text or "").split()}
    tokens = {file.tokens[i] for i in set(range(len(file.tokens))) - {*special_indices(file)}} - {None}
    return len(tokens & words) > OF_TEXTS * max(len(tokens), 1) and len(glosses & tokens) < (
        1 - OF_TEXTS
    ) * len(glosses)


def special_indices(file: VocabularyFile) -> tuple[int, ...]:
    """The indices whose tokens stand for no gloss, told by their form and place."""
    last = len(file.tokens) - 1
    return tuple(
        i
        for i, token in enumerate(file.tokens)
        if token is not None and is_special(_bare(token), i < _BARE_REACH or last - i < _BARE_REACH)
    )


@measure
def blank_index(
    settings: Settings,
    run: TrainingRun,
    task: Task,
    vocabulary: Vocabulary | None,
    calls: SourceValues | None = None,
) -> BlankIndex:
    """The blank by the user's word, the config, a token's form, the loss in the sources, or the index
    that no token owns."""
    if task.name != "ctc":
        raise Unavailable(f"there is no CTC blank: the task is {task.name} ({task.known_by})")
    if settings.blank is not None:
        index = _last(run, vocabulary) if settings.blank == "last" else int(settings.blank)
        if index < 0:
            raise Unavailable(
                'blank = "last" is ambiguous: no vocabulary and no number of classes in a config',
                "give the index itself in slrdoctor.toml: [vocabulary] blank = 0",
            )
        return BlankIndex(index, "set in slrdoctor.toml", True, settings.read_from or "slrdoctor.toml")
    for found in configured(run, BLANK, BLANK_TOKEN):
        index = _from_config(found, run, vocabulary)
        if index >= 0:
            return BlankIndex(index, f"{found.key}: {found.value} in the config", True, found.read_from)
    of_tokens: BlankIndex | None = None
    if vocabulary is not None and vocabulary.tokens:
        of_tokens = _from_tokens(vocabulary, class_count(run, vocabulary))
    if of_tokens is not None and of_tokens.certain:
        return of_tokens
    claim = calls.of("blank") if calls is not None else None
    if claim is not None and type(claim.value) is int and claim.value >= 0 and claim.how != DEFAULT:
        # a loader may shift the targets to fit: the call alone is not certain
        return BlankIndex(
            claim.value, f"blank={claim.value} of the loss in {claim.where}", False, claim.where
        )
    if of_tokens is None:
        return BlankIndex(0, "assumed, as neither a config nor a vocabulary gives it", False, "no file")
    return of_tokens


def configured_classes(run: TrainingRun) -> Iterator[Configured]:
    """What the configs say of the number of output classes; heads of other parts are left out."""
    for found in configured(run, CLASSES):
        if (found.as_int or 0) > 1:
            yield found


def class_count(run: TrainingRun, vocabulary: Vocabulary | None) -> int:
    """How many output classes there are: as configured, else one a token; 0 where unknown."""
    tokens = len(vocabulary.tokens) if vocabulary is not None else 0
    for found in configured_classes(run):
        # a config may be of another data set: it counts where it fits the vocabulary, or alone
        if found.as_int is not None and (not tokens or tokens <= found.as_int <= tokens + SPARE):
            return found.as_int
    return tokens


def _last(run: TrainingRun, vocabulary: Vocabulary | None) -> int:
    """The last class; -1 where nothing says how many there are.

    Where the last token is a gloss, "last" can only mean the class after it.
    """
    tokens = vocabulary.tokens if vocabulary is not None else ()
    if not tokens:
        return class_count(run, vocabulary) - 1
    own = tokens[-1] is None or len(tokens) - 1 in (vocabulary.specials if vocabulary else ())
    return max(class_count(run, vocabulary) - 1, len(tokens) - 1 if own else len(tokens))


def _from_config(found: Configured, run: TrainingRun, vocabulary: Vocabulary | None) -> int:
    """The index that a config's value says; -1 where it says none."""
    tokens = vocabulary.tokens if vocabulary is not None else ()
    written = str(found.value).strip()
    if BLANK_TOKEN.is_named(found.name) and written in tokens:
        return tokens.index(written)
    if not BLANK.is_named(found.name):
        return -1
    if written.lower() == "last" or found.as_int == -1:
        return _last(run, vocabulary)
    return found.as_int if found.as_int is not None and found.as_int >= 0 else -1


def _bare(token: str) -> str:
    """Without the blanks around it; a token that is nothing else is a written space, a character."""
    return token.strip() or token


def _from_tokens(vocabulary: Vocabulary, classes: int) -> BlankIndex:
    where, tokens = vocabulary.read_from, vocabulary.tokens
    special = {_bare(tokens[i] or "").lower(): i for i in reversed(vocabulary.specials)}
    for name in BLANKS:
        if name in special:
            index = special[name]
            return BlankIndex(index, f"the token {tokens[index]}", True, where)
    if special.get("<s>") == 0:
        return BlankIndex(0, "the token <s> at index 0, which SLRT uses as blank", True, where)
    if tokens[0] is None:
        return BlankIndex(0, "no token owns index 0", True, where)
    for name in UNWRITTEN:
        if special.get(name) in (0, len(tokens) - 1):
            index = special[name]
            return BlankIndex(index, f'the token "{tokens[index]}"', True, where)
    if classes == len(tokens) + 1:
        known = f"of {classes} classes only index {len(tokens)} has no token"
        return BlankIndex(len(tokens), known, False, where)
    return BlankIndex(0, "assumed, as no token, config or free index shows it", False, where)

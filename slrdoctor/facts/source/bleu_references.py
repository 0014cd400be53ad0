"""The references that BLEU is given, by how many lists lie within each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.source.bindings import dotted
from slrdoctor.artifacts.kinds.source.flow import At, Flow
from slrdoctor.artifacts.kinds.source.names import full_name, keyword, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault
from slrdoctor.facts.source.source_programs import SourcePrograms

SENTENCE, WORDS, UNKNOWN_FORM = "sentence", "words", ""
DEEPEST = 6


@dataclass(frozen=True)
class Form:
    """What a value is: a sentence, words, or lists of them."""

    of: str  # "sentence"; "" where nothing shows
    levels: int  # lists around the sentences
    one: bool = False  # the outermost list is written as [x]
    inner: bool = False  # each item of the outermost list is written as [x]


class BleuReferences(Pattern):
    """Calls of BLEU, and whether their references have the shape that the library takes."""


@measure
def bleu_references(code: SourcePrograms) -> BleuReferences:
    """Follow the references of sacrebleu's and NLTK's functions back to how they were collected."""
    reading = _Reading(Flow(code.folder))
    faults: list[SourceFault] = []
    sound: list[str] = []
    for program in code.programs:
        for call, library, given in _calls(program, reading.flow):
            form = reading.form(At(program, given), 0)
            if form is None and library == "sacrebleu" and _is_one_each(reading.flow, program, given):
                form = Form(SENTENCE, 2, inner=True)
            wrong = _wrong(library, form)
            if wrong:
                faults.append(_fault(program, call, given, library, wrong, form))
            elif form is not None and form.of:
                sound.append(f"{program.place(call)} gives {library} its references in the right shape")
    if not faults and not sound:
        raise Unavailable("no BLEU in the sources whose references could be followed")
    return BleuReferences(tuple(faults), tuple(sound), code.read_from)


def _is_one_each(flow: Flow, program: Program, given: ast.expr) -> bool:
    """Whether the references are `[[r] for r in refs]`: whatever `r` is, that is a list for each."""
    made = flow.value(At(program, given)).node
    if not isinstance(made, ast.ListComp) or len(made.generators) != 1:
        return False
    item, over = made.elt, made.generators[0]
    return (
        isinstance(item, ast.List)
        and len(item.elts) == 1
        and not isinstance(over.iter, (ast.List, ast.Tuple))
        and dotted(item.elts[0]) == dotted(over.target) != ""
    )


def _calls(program: Program, flow: Flow) -> Iterator[tuple[ast.Call, str, ast.expr]]:
    """(call, library, its references)."""
    for node in program.nodes:
        if not isinstance(node, ast.Call):
            continue
        full = full_name(program, node.func)
        if full in (
            "sacrebleu.corpus_bleu",
            "sacrebleu.compat.corpus_bleu",
            "sacrebleu.raw_corpus_bleu",
        ):
            given = keyword(node, "references", 1) or keyword(node, "ref_streams")
            library = "sacrebleu"
        elif last_name(node.func) == "corpus_score" and isinstance(node.func, ast.Attribute):
            made = flow.library_class(At(program, node.func.value))
            if not made.startswith("sacrebleu.") or not made.endswith("BLEU"):
                continue
            given, library = keyword(node, "references", 1), "sacrebleu"
        elif full in ("nltk.translate.bleu_score.corpus_bleu", "nltk.translate.corpus_bleu"):
            given, library = keyword(node, "list_of_references", 0), "NLTK's corpus_bleu"
        elif full in ("nltk.translate.bleu_score.sentence_bleu", "nltk.translate.sentence_bleu"):
            given, library = keyword(node, "references", 0), "NLTK's sentence_bleu"
        else:
            continue
        if given is not None:
            yield node, library, given


def _wrong(library: str, form: Form | None) -> str:
    """What is wrong with the shape; "" where nothing is, or nothing shows."""
    if form is None or not form.of:
        return ""
    if library == "sacrebleu":
        if form.levels == 2 and form.inner and not form.one:
            return "a list for every sentence, where it takes a list for every set of references"
        if form.levels == 1 and form.of == SENTENCE:
            return "the sentences themselves, where it takes a list of them for every set of references"
        return ""
    if library == "NLTK's corpus_bleu" and form.of == WORDS and form.levels == 2:
        return (
            "the words of one reference for every sentence, where it takes a list of references for each"
        )
    if (
        library == "NLTK's corpus_bleu"
        and form.one
        and form.of == WORDS
        and form.levels == 3
        and not form.inner
    ):
        return "all references in one list, where it takes a list of references for every sentence"
    if library == "NLTK's sentence_bleu" and form.of == WORDS and form.levels == 1:
        return "the words of one reference, where it takes a list of references"
    return ""


class _Reading:
    """Works out how many lists lie around sentences or words."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def form(self, at: At, depth: int) -> Form | None:
        if depth > DEEPEST or at.item is not None:
            return None
        node, program = at.node, at.program
        if isinstance(node, ast.Name):
            collected = self._collected(program, node, depth)
            if collected is not None:
                return collected
            followed = self.flow.value(at)
            return self.form(followed, depth + 1) if followed.node is not node else None
        if isinstance(node, ast.List):
            return self._listed(program, node, depth)
        if isinstance(node, ast.ListComp) and len(node.generators) == 1:
            return self._around(program, node.elt, depth, node.generators[0])
        if isinstance(node, ast.Call):
            return self._called(program, node)
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        return Form(SENTENCE, 0) if is_text else None

    def _listed(self, program: Program, node: ast.List, depth: int) -> Form | None:
        if not node.elts or any(isinstance(one, ast.Starred) for one in node.elts):
            return None
        inside = self.form(At(program, node.elts[0]), depth + 1)
        if inside is None:
            return None
        return Form(inside.of, inside.levels + 1, one=len(node.elts) == 1, inner=inside.one)

    def _around(
        self, program: Program, item: ast.expr, depth: int, over: ast.comprehension | None = None
    ) -> Form | None:
        """A list that has many of an item."""
        if isinstance(item, ast.Name) and over is not None and dotted(over.target) == item.id:
            return self.form(At(program, over.iter), depth + 1)
        if (
            isinstance(item, ast.List)
            and len(item.elts) == 1
            and over is not None
            and dotted(item.elts[0]) == dotted(over.target) != ""
        ):
            within = self.form(At(program, over.iter), depth + 1)
            if within is None or within.levels == 0:
                return None
            return Form(within.of, within.levels + 1, inner=True)
        inside = self.form(At(program, item), depth + 1)
        return None if inside is None else Form(inside.of, inside.levels + 1, inner=inside.one)

    def _called(self, program: Program, node: ast.Call) -> Form | None:
        if not isinstance(node.func, ast.Attribute):
            return Form(SENTENCE, 0) if dotted(node.func) == "str" else None
        name = node.func.attr
        if name in ("split", "word_tokenize"):
            return Form(WORDS, 1)
        if name in ("batch_decode",):
            return Form(SENTENCE, 1)
        if name == "join" and isinstance(node.func.value, ast.Constant):
            return Form(SENTENCE, 0)
        if name in ("strip", "lower", "rstrip", "upper", "replace", "capitalize"):
            return Form(SENTENCE, 0)
        return None

    def _collected(self, program: Program, node: ast.Name, depth: int) -> Form | None:
        """A list that begins empty and to which one form of item is appended."""
        scope = program.scope_of(node)
        bound = program.bindings(scope).get(node.id, [])
        empty = [one for one in bound if isinstance(one, ast.List) and not one.elts]
        if len(bound) != 1 or len(empty) != 1:
            return None
        forms: list[Form | None] = []
        for call in program.own(scope):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if dotted(call.func.value) != node.id or len(call.args) != 1:
                continue
            if call.func.attr == "append":
                forms.append(self._around(program, call.args[0], depth + 1))
            elif call.func.attr == "extend":
                forms.append(self.form(At(program, call.args[0]), depth + 1))
            else:
                return None
        if not forms or any(one != forms[0] for one in forms):
            return None
        return forms[0]


def _fault(
    program: Program, call: ast.Call, given: ast.expr, library: str, wrong: str, form: Form | None
) -> SourceFault:
    name, line = ast.unparse(given), given.lineno
    if library == "sacrebleu":
        inner = _flat(given)
        right = f"[[one[0] for one in {name}]]"
        if inner or (form is not None and form.levels == 1):
            right = f"[{inner or name}]"
    elif library == "NLTK's sentence_bleu":
        right = f"[{name}]"
    elif form is not None and form.one and isinstance(given, ast.List):
        right = f"[[one] for one in {ast.unparse(given.elts[0])}]"
    else:
        right = f"[[one] for one in {name}]"
    segment = ast.get_source_segment(program.text, given) or name
    text = program.lines[line - 1]
    edits = {line: [text.replace(segment, right, 1) if segment in text else f"{text}  # {right}"]}
    if any(k.value is given for k in call.keywords):
        return fault(program, [given], f"{library} is given {wrong}", edits)
    before = text[: given.col_offset]
    if segment in text:
        edits = {line: [before + right + text[given.col_offset + len(segment) :]]}
    made = fault(program, [given], f"{library} is given {wrong}", edits)
    return SourceFault(program.place(call), made.what, program.quote(call, given), made.patch)


def _flat(given: ast.expr) -> str:
    """`refs` of `[[r] for r in refs]`."""
    if isinstance(given, ast.ListComp) and isinstance(given.elt, ast.List):
        over = given.generators[0]
        if dotted(given.elt.elts[0]) == dotted(over.target) != "":
            return ast.unparse(over.iter)
    return ""

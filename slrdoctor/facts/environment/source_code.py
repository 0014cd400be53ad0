"""What the run's Python sources and requirement files say, by reading them and never running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.artifacts.kinds.source.trees import source_trees
from slrdoctor.artifacts.run import SourceFile, Sources
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.environment._normalising_code import normalises
from slrdoctor.words.grammar import counted

LARGEST = 1_000_000  # bytes of a source: anything longer was not written by hand
CPU_WHEELS = "wheels without CUDA"  # what a `Pin` asks for, where it does
ENABLE = "scan the folder that holds the training code and its requirements file too"


@dataclass(frozen=True)
class Constant:
    """A name that a source gives a plain value: an assignment, or an argument's default."""

    name: str
    value: Any  # str, int, float, bool, or a list of these
    where: str  # "train.py line 12"


@dataclass(frozen=True)
class Pin:
    """A package as a requirement file asks for it, or as a lock file has it."""

    package: str  # lower case
    asked: str  # "==2.3.1+cpu", ">=0.10.30", CPU_WHEELS, "" for any version
    where: str

    @property
    def without_cuda(self) -> bool:
        return self.asked == CPU_WHEELS or "+cpu" in self.asked


@dataclass(frozen=True)
class SourceCode:
    """What was found in the sources; every place is "file line n"."""

    constants: tuple[Constant, ...]
    zero_infinity: tuple[tuple[bool, str], ...]  # CTC losses: (its value, where)
    mediapipe_solutions: tuple[str, ...]  # where mp.solutions is used
    imports: frozenset[str]  # top-level packages
    pins: tuple[Pin, ...]
    files: int
    read_from: str
    normalising: tuple[str, ...] = ()  # where values are normalised, by the names in the code

    @property
    def sentence(self) -> str:
        return f"{counted(self.files, 'source or requirement file')} read"

    def pins_of(self, *packages: str) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if pin.package in packages)


@measure
def source_code(sources: Sources) -> SourceCode:
    """Read every source once. A file that is no Python 3 gives what its lines show."""
    if not sources.files:
        raise Unavailable("no Python sources or requirement files in the run directory", ENABLE)
    reading = _Reading()
    trees = source_trees(sources.files) if sources.trees is None else sources.trees
    for program in sorted(trees.programs, key=lambda one: one.where):
        reading.program(program)
    for source in trees.unparsed:
        reading.lines(source.text, source.where)
    for file in sources.files:
        if file.kind == "requirements":
            reading.pins += _pins(_text(file), file.where)
    names = ", ".join(file.where for file in sources.files[:3])
    return SourceCode(
        constants=tuple(reading.constants),
        zero_infinity=tuple(reading.zero_infinity),
        mediapipe_solutions=tuple(reading.solutions),
        imports=frozenset(reading.imports),
        pins=tuple(reading.pins),
        files=len(sources.files),
        normalising=tuple(reading.normalising),
        read_from=names + (f" and {len(sources.files) - 3} more" if len(sources.files) > 3 else ""),
    )


def _text(file: SourceFile) -> str:
    try:
        if file.path.stat().st_size > LARGEST:
            return ""
        return file.path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return ""


_READ = (ast.Import, ast.ImportFrom, ast.Attribute, ast.Call, ast.Assign, ast.AnnAssign)


class _Reading:
    """What has been read so far, over all files."""

    def __init__(self) -> None:
        self.constants: list[Constant] = []
        self.zero_infinity: list[tuple[bool, str]] = []
        self.solutions: list[str] = []
        self.imports: set[str] = set()
        self.pins: list[Pin] = []
        self.normalising: list[str] = []

    def program(self, program: Program) -> None:
        aliases = {"mediapipe"}
        aliases |= {name for name, full in program.imports.items() if full == "mediapipe"}
        for node in program.nodes:
            if isinstance(node, _READ):
                self._node(node, program.place(node), aliases)
            if normalises(node):
                self.normalising.append(program.place(node))

    def _node(self, node: ast.AST, at: str, aliases: set[str]) -> None:
        if isinstance(node, ast.Import):
            self.imports |= {alias.name.partition(".")[0] for alias in node.names}
            if any(_is_solutions(alias.name) for alias in node.names):
                self.solutions.append(at)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            self.imports.add(node.module.partition(".")[0])
            if any(_is_solutions(f"{node.module}.{alias.name}") for alias in node.names):
                self.solutions.append(at)
        elif isinstance(node, ast.Attribute) and node.attr == "solutions":
            if isinstance(node.value, ast.Name) and node.value.id in aliases:
                self.solutions.append(at)
        elif isinstance(node, ast.Call):
            self._call(node, at)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                self._constant(_name(target), node.value, at)

    def _call(self, node: ast.Call, at: str) -> None:
        called = _name(node.func)
        for keyword in node.keywords:
            if called.lower().replace("_", "") == "ctcloss" and keyword.arg == "zero_infinity":
                if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool):
                    self.zero_infinity.append((keyword.value.value, at))
            elif called == "add_argument" and keyword.arg == "default" and node.args:
                flag = node.args[-1]
                if isinstance(flag, ast.Constant) and isinstance(flag.value, str):
                    self._constant(flag.value.lstrip("-").replace("-", "_"), keyword.value, at)

    def _constant(self, name: str, value: ast.expr, at: str) -> None:
        if not name:
            return
        try:
            plain = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return
        if isinstance(plain, (bool, int, float, str)) or (
            isinstance(plain, (list, tuple)) and all(isinstance(p, (int, str)) for p in plain)
        ):
            self.constants.append(Constant(name, list(plain) if isinstance(plain, tuple) else plain, at))

    def lines(self, text: str, where: str) -> None:
        """What can be told of a file that does not parse, such as Python 2."""
        for number, line in enumerate(text.splitlines(), 1):
            code = line.partition("#")[0]
            if re.search(r"\b(mp|mediapipe)\.solutions\b", code):
                self.solutions.append(f"{where} line {number}")
            found = re.search(r"\bzero_infinity\s*=\s*(True|False)\b", code)
            if found and re.search(r"ctc_?loss", text, re.IGNORECASE):
                self.zero_infinity.append((found[1] == "True", f"{where} line {number}"))
            imported = re.match(r"\s*(?:import|from)\s+(\w+)", code)
            if imported:
                self.imports.add(imported[1])


def _is_solutions(module: str) -> bool:
    parts = module.split(".")
    return parts[0] == "mediapipe" and "solutions" in parts[1:3]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


_REQUIREMENT = re.compile(  # as requirements.txt, pyproject.toml, environment.yml or a Pipfile has it
    r"""(?<![\w./-])(?P<name>mediapipe|torch)(?![\w-])(?:\[[^\]]*\])?["']?\s*
        (?:=\s*["']|:\s*["']|=\s*\{\s*version\s*=\s*["'])?
        (?P<asked>(?:[=<>~!^]*\s*\d[\w.+*!]*\s*,?\s*)*)""",
    re.VERBOSE | re.IGNORECASE,
)
_LOCKED_NAME = re.compile(r"""\s*name\s*=\s*["'](mediapipe|torch)["']\s*$""")
_LOCKED_VERSION = re.compile(r"""\s*version\s*=\s*["']([^"']+)["']\s*$""")
_CPU_WHEELS = re.compile(r"download\.pytorch\.org/whl/cpu\b|^\s*-\s*cpuonly\b|torch\S*(?:\+|%2B)cpu")


def _pins(text: str, where: str) -> Iterator[Pin]:
    """How the file asks for mediapipe and torch; CPU_WHEELS where it takes torch without CUDA."""
    locked = ""  # the package that a lock file's next version belongs to
    for number, line in enumerate(text.splitlines(), 1):
        at = f"{where} line {number}"
        line = line.partition(" #")[0]
        if line.lstrip().startswith("#"):
            continue
        if _CPU_WHEELS.search(line):
            yield Pin("torch", CPU_WHEELS, at)
        name, version = _LOCKED_NAME.match(line), _LOCKED_VERSION.match(line)
        if name or line.strip().startswith("[["):
            locked = name[1] if name else ""
        elif version and locked:
            yield Pin(locked, f"=={version[1]}", at)
            locked = ""
        else:
            for found in _REQUIREMENT.finditer(line):
                asked = re.sub(r"\s", "", found["asked"]).strip(",")
                yield Pin(found["name"].lower(), asked, at)

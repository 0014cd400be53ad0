"""What the names in a pickle mean: data of a library, code of a project, or a hand on the system.

Loading a pickle imports every module that it names and calls what it says to call. Tensors,
plain containers, numpy's arrays, `argparse.Namespace` and paths never get here: the readers
build those themselves, and nothing runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# libraries whose classes in checkpoints hold settings and counters
_SETTINGS = (
    "omegaconf.", "pytorch_lightning.", "lightning.", "lightning_fabric.", "lightning_utilities.",
    "mmengine.", "mmcv.", "yacs.", "easydict.", "addict.", "munch.", "ml_collections.", "collections.",
    "typing.", "enum.", "datetime.", "decimal.", "fractions.", "uuid.", "numpy.dtypes.", "numpy.random.",
    "numpy.ma.", "torch.optim.",
)  # fmt: skip
# functions that only rebuild a number, a date or a tensor
_REBUILDING = (
    "__torch__.", "torch.jit._pickle.", "torch._utils._rebuild_", "torch.per_", "torch.serialization.",
    "numpy.random._pickle.", "numpy.random.bit_generator.__pyx_unpickle_",
    "numpy.ma.core._mareconstruct",
    "datetime.datetime", "datetime.date", "datetime.time", "collections.", "copyreg.",
)  # fmt: skip
# libraries whose pickled objects are data to users: a fitted scaler, a table, a vocabulary
_DATA_LIBRARIES = frozenset(
    ("sklearn", "pandas", "scipy", "numpy", "torch", "torchtext", "xgboost", "lightgbm", "nltk", "spacy",
     "transformers", "tokenizers", "joblib", "copyreg", "collections", "datetime", "dateutil", "pytz",
     "pyarrow", "PIL", "mediapipe", "tensorflow", "keras", "gensim", "sentencepiece", "pose_format",
     "persistent", "__torch__")
)  # fmt: skip
# functions of any library that write, read or run what they are given
_ACTIONS = frozenset(
    ("save", "savez", "savetxt", "load", "loads", "dump", "dumps", "tofile", "fromfile", "to_csv",
     "to_pickle", "read_csv", "read_pickle", "open", "system", "run", "exec", "eval", "compile",
     "getattr", "apply")
)  # fmt: skip
_DUNDER = re.compile(r"__\w+__")
_SYSTEM = frozenset(
    ("os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "sys", "shutil",
     "builtins", "io", "_io", "codecs", "socket", "importlib", "runpy", "pty", "ctypes",
     "multiprocessing", "webbrowser", "pickle", "_pickle", "marshal", "types", "code", "codeop",
     "tempfile", "operator", "functools", "http", "urllib", "requests", "asyncio", "threading",
     "_thread", "signal", "atexit", "timeit", "pdb", "bdb", "cProfile", "profile", "platform", "pip",
     "inspect", "pydoc", "commands", "zipimport", "ensurepip", "venv", "sqlite3", "ftplib", "smtplib",
     "telnetlib", "resource", "gc", "linecache")
)  # fmt: skip


def beyond_tensors(imports: Iterable[str]) -> tuple[str, ...]:
    """The names that are code: whole-model classes, a project's own, functions to be called."""
    return tuple(name for name in imports if not _is_harmless(name))


def acting(imports: Iterable[str]) -> tuple[str, ...]:
    """The names that do more than hold data, for files that are no checkpoints.

    There objects of a project's classes are common, so only functions count: those of
    modules that reach the system, and any in lower case of a module that is no library.
    """
    return tuple(name for name in imports if not _is_harmless(name) and _is_acting(name))


def _is_harmless(name: str) -> bool:
    known = max((prefix for prefix in _REBUILDING if name.startswith(prefix)), key=len, default="")
    inside = name.removeprefix(known).split(".")
    # collections._sys.exit, torch.serialization.os.system, and all that __globals__ leads to
    if any(part.lstrip("_") in _SYSTEM | _ACTIONS or _DUNDER.fullmatch(part) for part in inside):
        return False
    return bool(known) or (
        name.startswith(_SETTINGS) and any(part.lstrip("_")[:1].isupper() for part in inside)
    )


def _is_acting(name: str) -> bool:
    root, _, rest = name.partition(".")
    leaf = rest.rpartition(".")[2].lstrip("_")
    if root in _SYSTEM or leaf in _ACTIONS:
        return True
    return root not in _DATA_LIBRARIES and not leaf[:1].isupper()

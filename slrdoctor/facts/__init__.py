"""The facts of a run: one module a family, each with its dataclasses and their measures.

Importing this package registers every measure. A fact has `read_from` (where it was
measured) and `sentence`, which states it with its numbers in one line.
"""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

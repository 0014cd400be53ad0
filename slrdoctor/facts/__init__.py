"""The facts of a run: a folder a family, with frozen dataclasses and the functions that measure them.

Importing this package registers every measure. A fact has `read_from` (where it was
measured) and `sentence`, which states it with its numbers in one line.
"""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

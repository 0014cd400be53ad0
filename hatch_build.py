"""Ship checks/ inside the package; an editable install reads it in place."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("checks", "reference_models")


class BundleFolders(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        for folder in FOLDERS:
            if Path(self.root, folder).is_dir():
                build_data["force_include"][folder] = f"slrdoctor/_bundled/{folder}"

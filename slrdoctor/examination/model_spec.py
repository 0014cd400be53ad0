"""What `--model` names: refused at once where it names nothing."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.artifacts.settings.read import read_settings
from slrdoctor.examination.scan import CannotExamine
from slrdoctor.extras import demand
from slrdoctor.models import reference
from slrdoctor.probes.experiment import is_file_spec, path_of_spec


def checked_model(spec: str, folder: Path, *, bundled: bool) -> str:
    """The spec, which names a file that is there; a reference model too where `bundled` allows one.

    Raises CannotExamine, and PackageMissing without torch.
    """
    if not spec:
        return spec
    demand("torch", f"--model {spec}")
    if is_file_spec(spec):
        path = path_of_spec(spec, folder)[0]
        if not path.is_file():
            raise CannotExamine(
                f"--model {spec}: there is no file {path}, and none of that name in {folder}"
            )
    elif not bundled:
        raise CannotExamine(
            f"--model {spec}: give path/to/file.py:factory; `slrdoctor overfit` trains models"
        )
    else:
        try:
            reference.path_of(spec)
        except ValueError as unknown:
            raise CannotExamine(
                f"--model {spec}: {unknown}; a model of your own is path/to/file.py:factory"
            ) from None
    return spec


def configured_model(folder: Path) -> str:
    """[model] factory of slrdoctor.toml: whoever asks for the experiment asks for it to be run."""
    return read_settings(folder).factory if folder.is_dir() else ""

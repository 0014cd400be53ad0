"""Gather folders of clips into feature sets: by the split in their path, else by where they branch."""

from __future__ import annotations

from pathlib import PurePosixPath

from slrdoctor.artifacts.kinds.features.clip_groups import Group
from slrdoctor.artifacts.kinds.features.sign_names import are_many_signs
from slrdoctor.words.splits import split_of_name


def roots(groups: list[Group]) -> dict[tuple[str, str], list[Group]]:
    """The folders of each feature set, by its own folder and split."""
    found: dict[tuple[str, str], list[Group]] = {}
    beside: dict[tuple[str, ...], set[str]] = {}
    for group in groups:
        parts = PurePosixPath(group.folder).parts
        for i, part in enumerate(parts):
            beside.setdefault(parts[:i], set()).add(part)
    for group in groups:
        parts = PurePosixPath(group.folder).parts
        at = next(
            (
                i
                for i in reversed(range(len(parts)))
                if split_of_name(parts[i]) and not are_many_signs(beside[parts[:i]])
            ),
            None,
        )
        if at is not None:
            root, split = "/".join(parts[: at + 1]), split_of_name(parts[at])
        else:
            root, split = group.folder, ""
        found.setdefault((root, split), []).append(group)
    return _merged(found)


def _merged(found: dict[tuple[str, str], list[Group]]) -> dict[tuple[str, str], list[Group]]:
    """Class, signer and sequence folders are one set; folders with the same samples twice are two."""
    merged: dict[tuple[str, str], list[Group]] = {}
    for (root, split), groups in found.items():
        several = _gathered(groups) if split else []
        for one in several:
            merged[one.root if len(several) > 1 else root, split] = one.groups
    for one in _gathered([g for (_, split), groups in found.items() if not split for g in groups]):
        # rivals may lie in the same folder, told apart by their suffix
        key = (one.root, "") if (one.root, "") not in merged else (f"{one.root}/*{one.suffix}", "")
        merged[key] = one.groups
    return merged


def _gathered(groups: list[Group]) -> list[_Gathered]:
    gathered: list[_Gathered] = []
    for group in groups:
        home = next((one for one in gathered if not one.is_rival_of(group)), None)
        if home is None:
            home = _Gathered(group.suffix)
            gathered.append(home)
        home.take(group)
    return gathered


class _Gathered:
    """Folders that are parts of one set so far, with what tells a rival from a part."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self.groups: list[Group] = []
        self.widths: set[int] = set()
        self.stems: set[str] = set()

    @property
    def root(self) -> str:
        return _common_folder([group.folder for group in self.groups])

    def take(self, group: Group) -> None:
        self.groups.append(group)
        self.widths |= _widths(group)
        self.stems |= _stems(group)

    def is_rival_of(self, group: Group) -> bool:
        """Whether a folder holds the same samples in another form: features_i3d/, features_pose/."""
        if group.suffix != self.suffix or any(
            bool(one.parts) != bool(group.parts) for one in self.groups
        ):
            return True
        stems = _stems(group)
        # class folders may repeat names such as 0.npy, but do not change their width
        return len(self.widths | _widths(group)) > 1 and len(stems & self.stems) * 2 > min(
            len(stems), len(self.stems)
        )


def _widths(group: Group) -> set[int]:
    return {group.info.shape[-1]} if group.info is not None and group.info.shape else set()


def _stems(group: Group) -> set[str]:
    return {sample.name for sample in group.samples if not sample.name.isdigit()}


def _common_folder(folders: list[str]) -> str:
    parts = [folder.split("/") if folder else [] for folder in folders]
    same = 0
    while all(len(p) > same for p in parts) and len({p[same] for p in parts}) == 1:
        same += 1
    return "/".join(parts[0][:same])

"""How a sample is called: in the name of its features, and in the annotations."""

from __future__ import annotations

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.subject import Sample


@plain
def bare(draft: Draft) -> None:
    """v0012.npy, v0012"""


@value
def with_extension(draft: Draft) -> None:
    """v0012.npy, v0012.mp4"""
    draft.row_of = lambda sample: f"{sample.name}.mp4"


@value
def with_path(draft: Draft) -> None:
    """v0012.npy, videos/v0012.mp4"""
    draft.row_of = lambda sample: f"videos/{sample.name}.mp4"


@value
def with_path_of_split(draft: Draft) -> None:
    """v0012.npy, train/v0012"""
    draft.row_of = lambda sample: f"{draft.word(sample.split)}/{sample.name}"


@value
def with_windows_path(draft: Draft) -> None:
    r"""v0012.npy, D:\\data\\videos\\v0012.avi"""
    draft.row_of = lambda sample: f"D:\\data\\videos\\{sample.name}.avi"


@value
def numeric(draft: Draft) -> None:
    """12.npy, 12"""
    draft.file_of = draft.row_of = _number


@value
def numeric_padded_in_files(draft: Draft) -> None:
    """00012.npy, 12"""
    draft.file_of = lambda sample: f"{int(_number(sample)):05d}"
    draft.row_of = _number


@value
def numbered_video(draft: Draft) -> None:
    """video_12.npy, video_12"""
    draft.file_of = draft.row_of = lambda sample: f"video_{_number(sample)}"


@value
def with_signer(draft: Draft) -> None:
    """Signer03_v0012.npy, Signer03_v0012"""
    draft.file_of = draft.row_of = _signed


@value
def signer_in_files_only(draft: Draft) -> None:
    """Signer03_v0012.npy, v0012"""
    draft.file_of = _signed


@value
def suffix_in_files_only(draft: Draft) -> None:
    """v0012_keypoints.npy, v0012"""
    draft.file_of = lambda sample: f"{sample.name}_keypoints"


@value
def prefix_in_files_only(draft: Draft) -> None:
    """feat_v0012.npy, v0012"""
    draft.file_of = lambda sample: f"feat_{sample.name}"


@value
def with_date_and_spaces(draft: Draft) -> None:
    """11 August 2010, Wednesday tagesschau 12.npy and the same in the annotations"""
    draft.file_of = draft.row_of = lambda sample: f"11August_2010_Wednesday_tagesschau-{_number(sample)}"


@value
def with_blank(draft: Draft) -> None:
    """clip 12.npy, clip 12"""
    draft.file_of = draft.row_of = lambda sample: f"clip {_number(sample)}"


@value
def in_other_letters(draft: Draft) -> None:
    """видео_0012.npy, видео_0012"""
    draft.file_of = draft.row_of = lambda sample: f"видео_{sample.name[1:]}"


def _number(sample: Sample) -> str:
    return str(int(sample.name[1:]))


def _signed(sample: Sample) -> str:
    return f"{sample.signer}_{sample.name}"

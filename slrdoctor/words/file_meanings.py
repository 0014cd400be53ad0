"""What files that no reader opens most likely are, by their names."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

OF_VIDEO = "extract the features first: a scan reads features, not videos"
OF_IMAGES = "if they are the frames of the clips: extract features from them first"


@dataclass(frozen=True)
class Meaning:
    """What files of such names most likely are, and what would let a scan see what is in them."""

    format: str
    patterns: tuple[str, ...]  # of lower-case file names
    holds: str
    advice: str = ""
    is_of_runs: bool = True  # false: no part of a run is ever in such a file


MEANINGS = (
    Meaning(
        "video",
        ("*.mp4", "*.avi", "*.mov", "*.mkv", "*.webm", "*.mpg", "*.mpeg", "*.m4v", "*.flv"),
        "videos of the clips",
        OF_VIDEO,
    ),
    Meaning(
        "image",
        ("*.jpg", "*.jpeg", "*.png", "*.bmp", "*.gif", "*.tif", "*.tiff", "*.webp", "*.svg", "*.ppm"),
        "frames of clips, or pictures of curves",
        OF_IMAGES,
    ),
    Meaning("audio", ("*.wav", "*.mp3", "*.flac", "*.ogg"), "sound"),
    Meaning(
        "document",
        ("*.md", "*.rst", "*.pdf", "*.html", "*.htm", "*.tex", "*.bib", "*.doc", "*.docx", "*.ppt",
         "*.pptx", "*.markdown", "license*", "licence*", "notice*", "readme*", "copying*",
         "citation*", "authors*", "changelog*", "contributing*", "code_of_conduct*"),
        "documents",
        is_of_runs=False,
    ),
    Meaning(
        "source code",
        ("*.c", "*.cc", "*.cpp", "*.cu", "*.cuh", "*.h", "*.hpp", "*.java", "*.js", "*.ts", "*.tsx",
         "*.jsx", "*.css", "*.m", "*.r", "*.jl", "*.rs", "*.go", "*.kt", "*.swift", "*.dart",
         "*.pyx", "*.pl"),
        "source code in another language than Python",
        is_of_runs=False,
    ),
    Meaning(
        "script",
        ("*.sh", "*.bash", "*.zsh", "*.bat", "*.cmd", "*.ps1", "*.slurm", "*.sbatch", "makefile",
         "dockerfile*"),
        "scripts that start something",
        is_of_runs=False,
    ),
    Meaning(
        "project file",
        (".git*", ".editorconfig", ".dockerignore", ".pre-commit*", "*.lock", "*.iml", ".ds_store",
         "thumbs.db", "*.code-workspace", ".env*", "*.pyc", "*.egg", "*.whl", "*.in", "*.typed"),
        "files of tools",
        is_of_runs=False,
    ),
    Meaning(
        "mediapipe model", ("*.task", "*.binarypb"), "a landmark model, which is not what was trained"
    ),
    Meaning(
        "subtitles", ("*.srt", "*.vtt", "*.ass"), "annotations", "save them as csv with an id and a text"
    ),
    Meaning(
        "model of a library",
        ("*.pb", "*.mlmodel", "*.engine", "*.plan", "*.caffemodel", "*.params", "*.tflite", "*.onnx"),
        "a checkpoint",
        "keep the checkpoint that it was exported from in the run folder",
    ),
)  # fmt: skip
UNKNOWN = Meaning(
    "unknown format", (), "unknown",
    "if it is a part of the run, save it in a format that is read, such as npy, csv or json",
)  # fmt: skip


def meaning_of(name: str) -> Meaning:
    """The first that the name of a file fits."""
    lower = name.lower()
    return next(
        (m for m in MEANINGS if any(fnmatch.fnmatchcase(lower, one) for one in m.patterns)), UNKNOWN
    )

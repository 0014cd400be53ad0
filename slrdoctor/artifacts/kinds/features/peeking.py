"""What the files of a folder are, told from a few of them that were opened."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slrdoctor.artifacts.clip_places import FrameRecords, OneFrame, Place
from slrdoctor.artifacts.content import Arrays, Content
from slrdoctor.artifacts.directory.listing import File
from slrdoctor.artifacts.kinds import features
from slrdoctor.words.landmark_layouts import is_frame_of_landmarks

_REPORT = re.compile(
    r"(?:^|[^a-z])(?:confusion|cm|conf_?mat|history|metrics|curves?|loss(?:es)?|acc(?:urac(?:y|ies))?|wers?)(?:[^a-z]|$)"
)


def is_report(name: str) -> bool:
    """Whether a file is named for what a training gave; a number makes it a sample: history_01."""
    return bool(_REPORT.search(name.lower())) and not any(map(str.isdigit, name))


def is_feature_folder(folder: str) -> bool:
    return bool(re.search(r"feat|keypoint|landmark|pose|skelet|mp_data|npy", folder.lower()))


def is_lone_clip(files: Sequence[File], clips: Sequence[Content]) -> bool:
    """One or two files alone: a clip [T, D] each, and no batch, labels or statistics."""
    if any(
        features.LABELS.search(f.path.stem.lower()) or features.NO_CLIP.search(f.path.stem.lower())
        for f in files
    ):
        return False
    shapes = [c.members[""].shape for c in clips if isinstance(c, Arrays) and "" in c.members]
    return len(shapes) == len(clips) and all(len(s) == 2 and s[1] > 1 for s in shapes)


def place_in(clips: Sequence[Content]) -> Place:
    """Where in each file the features are; as one frame where all are [K, C] of a layout's landmarks."""
    place = features.clip_place(clips[0])
    shapes = {features.shape_at(content, place) for content in clips}
    if len(shapes) == 1 and is_frame_of_landmarks(shapes.pop()) and not isinstance(place, FrameRecords):
        return OneFrame(place)
    return place


def is_one_frame(content: Content) -> bool:
    # other [K, 2..4] arrays with numbered names are clips [T, D] as easily
    shape = content.members[""].shape if isinstance(content, Arrays) else ()
    return len(shape) == 1 or is_frame_of_landmarks(shape)

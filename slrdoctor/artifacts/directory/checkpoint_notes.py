"""What the checkpoints of a directory carry beside weights: vocabulary, config, history."""

from __future__ import annotations

from slrdoctor.artifacts.directory.cases.run_checkpoints import likely_own
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.kinds.checkpoints.weights_notes import histories_in, notes_in


def read_notes(found: Found) -> None:
    """Take the vocabulary, config and history that a checkpoint carries where no file gives them."""
    is_told = any(words.target != "text" for words in found.vocabularies)
    likely = likely_own(found.checkpoints)
    if likely and not (is_told and found.configs):
        vocabularies, configs = notes_in(likely)
        found.vocabularies += [] if is_told else vocabularies
        found.configs = found.configs or configs
    if likely and not any(history.series for history in found.histories):
        found.histories += histories_in(likely)

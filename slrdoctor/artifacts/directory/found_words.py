"""Files without samples: scores, configs and lists of splits; and tables that may have samples."""

from __future__ import annotations

from slrdoctor.artifacts.content import Content
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File
from slrdoctor.artifacts.directory.unnamed_columns import unnamed_table
from slrdoctor.artifacts.kinds import config
from slrdoctor.artifacts.kinds.annotations.split_lists import recognise_split_list
from slrdoctor.artifacts.kinds.reported_scores import recognise_reported_scores


def take_words(file: File, format: str, content: Content, found: Found, is_vocabulary: bool) -> None:
    """Take what holds no samples: scores, a config, a list of splits, a table without meaning so far."""
    reported = recognise_reported_scores(file.where, format, content)
    if reported is not None:
        found.reported.append(reported)
        return
    written = config.recognise_config(file.where, format, content)
    if written is not None:
        found.configs.append(written)
    elif not is_vocabulary:
        listed = recognise_split_list(file.where, format, content)
        if listed:
            found.split_of.update(listed)
            found.split_lists.add(file.where)
        elif (table := unnamed_table(file.where, format, content)) is not None:
            found.unnamed.append(table)

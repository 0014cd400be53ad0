"""The JSON document of the public contract."""

from __future__ import annotations

import json

from slrdoctor.core.report import Report

QUOTES = True  # a reader of the document gets every text as it is


def render(report: Report) -> str:
    # allow_nan=False: a NaN that slipped into the report must fail here, not in the user's parser
    return json.dumps(report.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)

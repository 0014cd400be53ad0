"""Experiments that run a model, each in a child process with limits; their results are facts.

Importing this package registers the measures. They are skipped, with the reason, unless an
`Experiment` was given: a scan alone runs nothing.
"""

from __future__ import annotations

from slrdoctor.probes import trainable as trainable

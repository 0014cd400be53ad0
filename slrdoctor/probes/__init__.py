"""Experiments that run a model, each in a child process with limits; their results are facts.

Importing this package registers the measures. They are skipped, with the reason, unless an
`Experiment` was given: a scan alone runs nothing.
"""

from __future__ import annotations

from slrdoctor.probes import behaviour as behaviour
from slrdoctor.probes import blind_control as blind_control
from slrdoctor.probes import chosen_samples as chosen_samples
from slrdoctor.probes import crossover as crossover
from slrdoctor.probes import trainable as trainable
from slrdoctor.probes import trials as trials

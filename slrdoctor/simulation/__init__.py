"""Runs with a known fault: data are made up, a reference model is really trained, and files are written.

    world (data) -> recipe (how it is trained) -> run (what training gave) -> folder

A fault changes one of the four. `simulate` makes sure that it shows.
"""

from __future__ import annotations

from slrdoctor.simulation.making import Simulated, simulate
from slrdoctor.simulation.registry import FAULTS, Fault, load_faults

__all__ = ["FAULTS", "Fault", "Simulated", "load_faults", "simulate"]

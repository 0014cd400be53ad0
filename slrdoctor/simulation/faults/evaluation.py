"""Faults of the evaluation: the model is fine, and its numbers are not."""

from __future__ import annotations

import numpy as np

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.scoring import Score

CTC = ("ctc",)


@fault("scorer-crashes", codes=("EVL901",), harms=True, tasks=CTC)
def scorer_crashes(x: Experiment) -> None:
    """The scoring program is missing; its caller catches that and writes a WER of 100%."""

    def crash(run: Run) -> None:
        for row in run.history:
            row["dev_wer"] = 1.0
        run.predictions, run.outputs = [], None
        run.score = Score("wer", 1.0)
        run.log += ["sh: 1: ./software/sclite: not found", "Unexpected error: <class 'OSError'>"]

    x.after_training(crash)


@fault("score-of-swapped-sides", codes=("EVL902",), harms=False, tasks=CTC)
def score_of_swapped_sides(x: Experiment) -> None:
    """The scorer divides by the lengths of the hypotheses: it was given them as references."""
    x.recipe.swaps_the_score = True
    x.recipe.epochs = round(0.4 * x.recipe.epochs)
    x.claim("a score is over one", lambda w: any(row["dev_wer"] > 1.5 for row in w.run.history))


@fault("hypotheses-in-lower-case", codes=("EVL903",), harms=True, tasks=("ctc", "classification"))
def hypotheses_in_lower_case(x: Experiment) -> None:
    """The decoder writes glosses in lower case, and the scorer does not mind the case of neither."""
    x.recipe.decoding_tokens = [token.lower() for token in x.world.tokens]


@fault("marks-in-hypotheses", codes=("EVL903", "LAB212"), harms=True, tasks=CTC)
def marks_in_hypotheses(x: Experiment) -> None:
    """Hypotheses carry annotation marks that the references were cleaned of."""
    x.recipe.decoding_tokens = [f"{token}(1)" for token in x.world.tokens]


@fault("predictions-of-another-run", codes=("EVL906",), harms=False)
def predictions_of_another_run(x: Experiment) -> None:
    """The stored hypotheses stand beside other samples' references: they are not what was scored."""

    def shuffle(run: Run) -> None:
        order = np.random.default_rng(x.world.seed).permutation(len(run.predictions))
        said = [run.predictions[i][1] for i in order]
        run.predictions = [(i, h, r) for (i, _, r), h in zip(run.predictions, said, strict=True)]

    x.after_training(shuffle)
    x.claim("they score worse", lambda w: sum(h != r for _, h, r in w.run.predictions) > 20)

"""Train a reference model on a run's own splits, with a sound recipe, to compare the run with.

`data` makes batches of what a run can be trained on, `models` builds the reference model,
`recipe` says how fast to learn and when to stop, `loop` trains, `checkpoints` and `run_files`
write what a later `scan` reads, `phases` and `comparison` say what came of it. Most of these
import torch: import them where they are used.
"""

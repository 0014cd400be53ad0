"""Facts of the annotations, the vocabulary and the task."""

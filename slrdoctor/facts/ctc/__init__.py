"""Facts of CTC: lengths against targets, the uniform start, the input-blind floor."""

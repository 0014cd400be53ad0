"""Facts of stored log-probabilities and logits."""

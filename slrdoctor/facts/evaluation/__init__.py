"""Facts of stored predictions and their scores."""

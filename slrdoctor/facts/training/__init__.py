"""Facts of the training history."""

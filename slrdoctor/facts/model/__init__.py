"""Facts of the checkpoint and of what configs say of the model."""

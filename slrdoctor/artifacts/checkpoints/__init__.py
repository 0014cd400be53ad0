"""What a checkpoint file holds: tensors, optimizer state, notes."""

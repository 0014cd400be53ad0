"""Facts of how samples are divided among the splits."""

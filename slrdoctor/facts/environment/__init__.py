"""Facts of what is installed and of the run's sources."""

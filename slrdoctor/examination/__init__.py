"""A run, from its path to its report."""

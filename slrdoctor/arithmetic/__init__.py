"""Pure functions on arrays and sequences: they know no artifact and no fact."""

"""What a run directory holds: walked, opened, recognised, and told apart case by case."""

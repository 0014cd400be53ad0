"""What the run's programs say: values, and patterns that are faults wherever they stand."""

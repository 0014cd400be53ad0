"""Python sources: their text as syntax trees, what their names stand for, and values that they give."""

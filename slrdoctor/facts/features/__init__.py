"""Facts of the features on disk, and of which sample each belongs to."""

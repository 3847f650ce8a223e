"""A believable working day: meetings that are opened, filled, left and forgotten, the same for the same seed."""

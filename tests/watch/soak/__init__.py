"""A week of meetings, watched by the whole dashboard: `python -m tests.watch.soak`; the suite has some hours of it."""

"""A shift on tape: what a board showed, written down as it changed, and shown again."""

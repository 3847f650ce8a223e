"""Sends the terminal only the cells that changed, and never more than the line can carry."""

"""Strangers' text through the whole program: what reaches the terminal, the files and whoever reads them."""

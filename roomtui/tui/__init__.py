"""The screen. Reads the board, asks the actions; knows nothing of HTTP."""

"""`python -m roomtui`."""

from roomtui.cli.main import main

main()

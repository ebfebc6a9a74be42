"""``python -m launchbook.cli``: the program, where its script is not on PATH."""

from launchbook.cli import main

main()

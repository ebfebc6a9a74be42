"""What follows from facts of several files, one module per question; see :mod:`launchbook.repo`."""

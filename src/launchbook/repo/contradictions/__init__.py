"""Two sources that disagree, one module per subject; see :mod:`launchbook.repo`."""

"""Readers, one module per format; see :mod:`launchbook.repo`."""

"""Budgets: nothing is spent here, so none is ever exceeded."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "budgets")

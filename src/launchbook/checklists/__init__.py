"""Built-in checklists, as data."""

"""Source code, read for what it serves, calls and expects: syntax trees, never executed."""

"""One module or package per data plane; each exports ``PLANE``."""

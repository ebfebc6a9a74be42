"""Kubernetes' own rules: objects, what their containers are given, and what kustomizations make of them."""

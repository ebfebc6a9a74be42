"""Terraform's own rules on top of HCL: a folder is a module, modules call modules, variables come from files."""

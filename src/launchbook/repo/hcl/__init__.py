"""HCL without Terraform: syntax with lines (tree-sitter), and values as far as files decide them, with limits."""

"""The Serverless Framework's own rules: variables, and the events of functions."""

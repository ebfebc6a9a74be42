"""``--enforce-iam``: calls succeed or fail as their policies say, so that a printed policy can be proved."""

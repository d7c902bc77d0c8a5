"""The operator's side: command line, sandbox, demo. Never shipped to Lambda."""

"""Salesforce: parsers of what it sends, and the client that reads and writes it."""

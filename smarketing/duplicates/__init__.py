"""Finds records that are one person or one company, and merges them as people decide."""

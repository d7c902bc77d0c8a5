"""Salesforce's formulas: read, searched for what they refer to, and computed."""

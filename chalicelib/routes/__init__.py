"""The HTTP front door: one blueprint per caller."""

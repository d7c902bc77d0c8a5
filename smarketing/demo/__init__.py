"""A generated year of engagements, sent through the front door."""

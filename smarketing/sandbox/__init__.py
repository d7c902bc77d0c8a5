"""The whole system on one machine without any account."""

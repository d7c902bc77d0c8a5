"""Pure rules and numbers: no input or output, no clock, no environment."""

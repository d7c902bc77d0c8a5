"""The lock: marketing-owned fields that nobody but the integration user may edit."""

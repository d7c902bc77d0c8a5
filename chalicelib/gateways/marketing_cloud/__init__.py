"""Marketing Cloud Engagement."""

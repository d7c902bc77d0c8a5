"""All that runs in Lambda."""

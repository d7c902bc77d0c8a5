"""The Salesforce project in `metadata/`: reads, generates, checks, packages, deploys and compares it."""

"""Sources of what is not known of a person's company; each satisfies the service's `Enricher`."""

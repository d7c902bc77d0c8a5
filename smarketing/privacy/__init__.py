"""Rights of the person: all that is stored of somebody, handed out or erased."""

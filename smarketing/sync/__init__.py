"""The sync: whether the outside systems hold what the store says of every person."""

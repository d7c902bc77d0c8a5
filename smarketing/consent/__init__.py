"""The consent ledger, as an operator reads and checks it."""

"""What the playbook says in `metadata/`: whole files, and the parts of others that come from it."""

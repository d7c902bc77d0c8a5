"""Who may do what in the emulated org: profiles, permission sets and field-level security."""

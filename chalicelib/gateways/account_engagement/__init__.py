"""Account Engagement (Pardot)."""

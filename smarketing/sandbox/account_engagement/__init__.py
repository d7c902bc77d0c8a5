"""Account Engagement (Pardot) API v5, emulated: what Smarketing calls of it, and what calls Smarketing.

What isn't here is answered as the platform answers an operation that it doesn't have (code 2). Pages below
`/sandbox` are for whoever rehearses: faults, limits, pace, calls made, rows.
"""

from smarketing.sandbox.account_engagement.business_unit import AccountEngagement

__all__ = ["AccountEngagement"]

"""Marketing Cloud Engagement, emulated: what Smarketing calls of it, and what it calls of Smarketing.

What isn't here is answered 404, as the platform answers a path that it doesn't have. Pages below `/sandbox`
are for whoever rehearses: faults, limits, calls made, rows, journeys.
"""

from smarketing.sandbox.marketing_cloud.account import MarketingCloud
from smarketing.sandbox.marketing_cloud.ens import KeyEncoding, ens_signature

__all__ = ["KeyEncoding", "MarketingCloud", "ens_signature"]

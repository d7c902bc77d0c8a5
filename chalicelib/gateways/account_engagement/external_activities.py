"""External activities: what a prospect did elsewhere, told to Account Engagement's automations.

Source: Account Engagement API v5, "External Activity". The extension and the type have to be set up in
Salesforce (Marketing Setup, "Marketing App Extensions") and activated for the business unit.
"""

from dataclasses import dataclass

from chalicelib.domain.instant import Instant, iso
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.access import Access


@dataclass(frozen=True, slots=True)
class ExternalActivity:
    """What a prospect did.

    Attributes:
        extension: the API name of the extension.
        type: the API name of one of its activity types.
        email: of the prospect.
        value: what it was about, such as the webinar's name.
    """

    extension: str
    type: str
    email: str
    value: str
    at: Instant


def post(access: Access, activity: ExternalActivity) -> None:
    """Tell of an activity; the platform keeps a repeated one twice.

    Raises:
        Rejected: there is no such extension, type or prospect.
        Retryable, Misconfigured: as `refusals` says.
    """
    content = {
        "extension": activity.extension,
        "type": activity.type,
        "email": activity.email,
        "value": activity.value,
        # The platform reads whole seconds with an offset.
        "activityDate": iso(activity.at)[:19] + "+00:00",
    }
    missing = [name for name in ("extension", "type", "email", "value") if not content[name]]
    if missing:
        raise Rejected(f"{missing[0]}: send a text")
    access.call("POST", "/external-activities", content=content)

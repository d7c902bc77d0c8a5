"""What Journey Builder sends when a contact reaches our activity "May we write?", and how it is answered.

Source: Marketing Cloud Engagement developer guide, "Define a Custom Split Activity with Multiple Outcomes":
the answer holds `branchResult`, the one of the outcome whose way the contact goes. What is sent is the same
as with every custom activity, see `journey_execution`.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.engagement import engagement_id
from chalicelib.domain.instant import iso
from chalicelib.domain.mailing_question import MailingQuestion
from chalicelib.domain.may_send import Answer
from chalicelib.gateways.marketing_cloud.journey_execution import arguments_of, keys_of, occasion_of
from chalicelib.gateways.marketing_cloud.notifications import SOURCE
from chalicelib.gateways.reading import needed_text, text


def read_question(claims: Mapping[str, Any]) -> MailingQuestion:
    """Read one contact's arrival at the activity.

    Raises:
        Rejected: an id, the purpose or everything that names the person is missing.
    """
    arguments = arguments_of(claims)
    purpose = needed_text(arguments.get("purpose"), "inArguments.purpose")
    occasion = occasion_of(claims, arguments)
    journey = text(claims.get("journeyId"))
    return MailingQuestion(
        id=engagement_id(SOURCE, "mailing_permission", *occasion),
        keys=keys_of(occasion.contact, arguments),
        purpose=purpose,
        line=text(arguments.get("productLine")),
        source=SOURCE,
        attributes={"journey": journey} if journey else {},
    )


def written(answer: Answer) -> dict[str, str]:
    """Write an answer as Journey Builder takes it: the branch, and the activity's out-arguments."""
    return {
        "branchResult": answer.branch,
        "hindrance": answer.hindrance or "",
        "until": "" if answer.until is None else iso(answer.until),
    }

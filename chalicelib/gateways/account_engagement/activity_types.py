"""Account Engagement's numbered activity types in our words.

Numbers: Account Engagement API, Visitor Activity, "Types". What was clicked, viewed or submitted is told by
the one id column that is set. Type 31 and 32 (UserVoice suggestion and comment) have no word here.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import Rejected

_CLICK, _VIEW, _ERROR, _SUCCESS = 1, 2, 3, 4
_LAST = 38

_BY_ASSET: Mapping[int, tuple[tuple[str, str], ...]] = {
    _CLICK: (
        ("fileId", "file_downloaded"),
        ("customRedirectId", "link_clicked"),
        ("emailId", "email_clicked"),
        ("listEmailId", "email_clicked"),
        ("emailTemplateId", "email_clicked"),
    ),
    _VIEW: (
        ("fileId", "file_downloaded"),
        ("videoId", "video_viewed"),
        ("emailId", "email_opened"),
        ("listEmailId", "email_opened"),
        ("emailTemplateId", "email_opened"),
    ),
    _SUCCESS: (
        ("landingPageId", "landing_page_submitted"),
        ("formId", "form_submitted"),
        ("formHandlerId", "form_submitted"),
        ("fileId", "file_downloaded"),
    ),
}
"""The first column that is set decides."""

_KINDS: Mapping[int, str] = {
    _CLICK: "link_clicked",
    _VIEW: "page_viewed",
    _ERROR: "form_failed",
    _SUCCESS: "form_submitted",
    5: "session_visited",
    6: "email_sent",
    7: "site_searched",
    8: "opportunity_opened",
    9: "opportunity_won",
    10: "opportunity_lost",
    11: "email_opened",
    12: "email_unsubscribed",
    13: "email_bounced",
    14: "spam_complained",
    15: "page_viewed",
    16: "opted_in",
    17: "link_clicked",
    18: "opportunity_reopened",
    19: "opportunity_linked",
    20: "session_visited",
    21: "link_clicked",
    22: "chat_held",
    23: "webinar_invited",
    24: "webinar_attended",
    25: "webinar_registered",
    26: "social_clicked",
    27: "video_viewed",
    28: "event_registered",
    29: "event_attended",
    30: "video_viewed",
    33: "support_case_opened",
    34: "video_viewed",
    38: "opportunity_unlinked",
}


def kind_of(row: Mapping[str, Any]) -> str | None:
    """Say what kind of engagement an activity is; None for one that has no word here.

    Types 35 to 37 are indirect: they happened to another prospect with the same e-mail address, whose own
    row tells it.

    Raises:
        Rejected: the type is no number from 1 to 38.
    """
    number = row.get("type")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= _LAST:
        raise Rejected(f"type: send a whole number from 1 to {_LAST}")
    for column, kind in _BY_ASSET.get(number, ()):
        if row.get(column) is not None:
            return kind
    return _KINDS.get(number)

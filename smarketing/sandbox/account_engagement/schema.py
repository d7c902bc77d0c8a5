"""The objects that the emulated business unit has: their fields, who may write them, what can be asked for.

Source: Account Engagement API v5, the page of each object. What isn't here doesn't exist for a caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["integer", "number", "text", "boolean", "time"]
CUSTOM = "__c"

_TRACES: Mapping[str, Kind] = {
    "id": "integer",
    "createdAt": "time",
    "updatedAt": "time",
    "createdById": "integer",
    "updatedById": "integer",
}


@dataclass(slots=True)
class Object:
    """One object.

    Attributes:
        name: as it stands in the path, such as `list-memberships`.
        fields: kinds of all that can be read, by name; an administrator may add to them.
        writable: what a caller may set.
        fixed: what a caller may set only on creating.
        needed: what has to be given on creating.
        filters: what a query may be narrowed by, beside id and the two times.
        has_bin: whether what is deleted lies in the recycle bin.
        methods: how rows may be called, beside reading them.
    """

    name: str
    fields: dict[str, Kind]
    writable: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset()
    has_bin: bool = False
    methods: frozenset[str] = frozenset()
    custom: set[str] = field(default_factory=set)

    def may_write(self, name: str, *, creating: bool) -> bool:
        """Whether a caller may set a field."""
        return name in self.writable or name in self.custom or (creating and name in self.fixed)

    def may_filter(self, name: str) -> bool:
        """Whether a query may be narrowed by a field."""
        return name in self.fields and (name in self.filters or name in ("id", "createdAt", "updatedAt"))


_PROSPECT_TEXTS = (
    *("email", "firstName", "lastName", "salutation", "jobTitle", "company", "department", "website"),
    *("phone", "fax", "addressOne", "addressTwo", "city", "state", "territory", "zip", "country"),
    *("industry", "annualRevenue", "employees", "yearsInBusiness", "source", "comments", "notes"),
)
_PROSPECT_FLAGS = ("isDoNotEmail", "isDoNotCall", "isReviewed", "optedOut", "doNotSell")
_PROSPECT_READ: Mapping[str, Kind] = {
    "grade": "text",
    "isDeleted": "boolean",
    "isEmailHardBounced": "boolean",
    "emailBouncedReason": "text",
    "emailBouncedDate": "time",
    "firstActivityAt": "time",
    "lastActivityAt": "time",
    "recentInteraction": "text",
    "prospectAccountId": "integer",
    "salesforceLeadId": "text",
    "salesforceContactId": "text",
    "salesforceAccountId": "text",
    "salesforceOwnerId": "text",
    "salesforceUrl": "text",
    "salesforceLastSync": "time",
}
_ACTIVITY_IDS = (
    *("campaignId", "customRedirectId", "emailId", "emailTemplateId", "fileId", "formHandlerId", "formId"),
    *("landingPageId", "listEmailId", "multivariateTestVariationId", "opportunityId", "paidSearchAdId"),
    *("prospectId", "siteSearchQueryId", "videoId", "visitId", "visitorId", "visitorPageViewId"),
)
_ALL = frozenset({"POST", "PATCH", "DELETE"})


def _fields(**kinds: Iterable[str]) -> dict[str, Kind]:
    named: dict[str, Kind] = dict(_TRACES)
    for kind in ("integer", "number", "text", "boolean", "time"):
        named |= dict.fromkeys(kinds.get(kind, ()), kind)
    return named


def _prospects() -> Object:
    ids = ("campaignId", "profileId", "userId", "assignedToId")
    named = _fields(text=(*_PROSPECT_TEXTS, "salesforceId"), boolean=_PROSPECT_FLAGS, integer=("score", *ids))
    return Object(
        "prospects",
        named | dict(_PROSPECT_READ),
        writable=frozenset((*_PROSPECT_TEXTS, *_PROSPECT_FLAGS, "score", "campaignId", "profileId")),
        fixed=frozenset({"salesforceId"}),
        needed=frozenset({"email"}),
        filters=frozenset({"email", "salesforceId", "lastActivityAt", "campaignId", "userId"}),
        has_bin=True,
        methods=_ALL,
    )


def _lists() -> Object:
    texts, flags = ("name", "title", "description"), ("isPublic", "isDynamic", "isDeleted", "isCrmVisible")
    return Object(
        "lists",
        _fields(text=texts, boolean=flags, integer=("folderId", "campaignId")),
        writable=frozenset((*texts, "isPublic", "isCrmVisible", "folderId", "campaignId")),
        needed=frozenset({"name"}),
        filters=frozenset({"name", "folderId"}),
        has_bin=True,
        methods=_ALL,
    )


def _memberships() -> Object:
    return Object(
        "list-memberships",
        _fields(integer=("listId", "prospectId"), boolean=("optedOut", "isDeleted")),
        writable=frozenset({"optedOut"}),
        fixed=frozenset({"listId", "prospectId"}),
        needed=frozenset({"listId", "prospectId"}),
        filters=frozenset({"listId", "prospectId"}),
        has_bin=True,
        methods=_ALL,
    )


def _activities() -> Object:
    return Object(
        "visitor-activities",
        _fields(integer=("type", *_ACTIVITY_IDS), text=("typeName", "details")),
        filters=frozenset({"type", "prospectId", "visitorId", "campaignId", "emailId", "listEmailId"}),
    )


def _visitors() -> Object:
    parameters = [f"{each}Parameter" for each in ("campaign", "content", "medium", "source", "term")]
    return Object(
        "visitors",
        _fields(
            integer=("pageViewCount", "prospectId", "campaignId"),
            text=(*parameters, "hostname", "ipAddress"),
            boolean=("doNotSell", "isIdentified"),
        ),
        filters=frozenset({"prospectId", "isIdentified"}),
    )


def _campaigns() -> Object:
    return Object(
        "campaigns",
        _fields(
            text=("name", "salesforceId"),
            integer=("cost", "folderId", "parentCampaignId"),
            boolean=("isDeleted",),
        ),
        filters=frozenset({"name", "salesforceId"}),
        has_bin=True,
    )


def _opportunities() -> Object:
    return Object(
        "opportunities",
        _fields(
            text=("name", "stage", "status", "type", "salesforceId"),
            integer=("campaignId", "probability"),
            number=("value",),
            time=("closedAt",),
            boolean=("isDeleted",),
        ),
        filters=frozenset({"campaignId", "status"}),
        has_bin=True,
    )


def _tags() -> Object:
    return Object(
        "tags",
        _fields(text=("name",), integer=("objectCount",)),
        writable=frozenset({"name"}),
        needed=frozenset({"name"}),
        filters=frozenset({"name"}),
        methods=_ALL,
    )


def _custom_fields() -> Object:
    flags = ("isRecordMultipleResponses", "isUseValues", "isRequired", "isAnalyticsSynced")
    return Object(
        "custom-fields",
        _fields(text=("name", "fieldId", "type", "salesforceId"), boolean=flags),
        writable=frozenset({"name", *flags}),
        fixed=frozenset({"fieldId", "type"}),
        needed=frozenset({"name", "fieldId", "type"}),
        methods=_ALL,
    )


def _external_activities() -> Object:
    texts = ("extension", "type", "email", "value")
    return Object(
        "external-activities",
        _fields(text=texts, time=("activityDate",)),
        writable=frozenset((*texts, "activityDate")),
        needed=frozenset((*texts, "activityDate")),
        filters=frozenset({"extension", "type", "email"}),
        methods=frozenset({"POST"}),
    )


def objects() -> dict[str, Object]:
    """Give all objects of a new business unit, by name."""
    made = (
        *(_prospects(), _lists(), _memberships(), _activities(), _visitors(), _campaigns()),
        *(_opportunities(), _tags(), _custom_fields(), _external_activities()),
    )
    return {each.name: each for each in made}

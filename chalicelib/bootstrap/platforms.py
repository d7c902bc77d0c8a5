"""The gateways of the platforms."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.aws import secrets, settings
from chalicelib.bootstrap.clock import now
from chalicelib.errors import Misconfigured

if TYPE_CHECKING:
    from chalicelib.gateways.account_engagement.client import AccountEngagement
    from chalicelib.gateways.marketing_cloud.client import MarketingCloud
    from chalicelib.gateways.marketing_cloud.row_sync import RowSync
    from chalicelib.gateways.salesforce.client import SalesforceGateway
    from chalicelib.gateways.salesforce.rest import Rest
    from chalicelib.services.automation import Automation


@cache
def account_engagement() -> "AccountEngagement":
    """Account Engagement's API."""
    from chalicelib.gateways.account_engagement.client import AccountEngagement

    return AccountEngagement(
        lambda: secrets().read(settings().account_engagement_secret_id),
        clock=now,
    )


@cache
def marketing_cloud() -> "MarketingCloud":
    """Marketing Cloud's API."""
    from chalicelib.gateways.marketing_cloud.client import MarketingCloud

    return MarketingCloud(lambda: secrets().read(settings().marketing_cloud_secret_id))


def account_engagement_prospects(fields: Mapping[str, str]) -> "Automation":
    """The prospects of Account Engagement, whose fields are given by our words."""
    from chalicelib.gateways.account_engagement.prospect_sync import ProspectSync

    return ProspectSync(account_engagement(), fields)


def uses_marketing_cloud_rows() -> bool:
    """Whether Marketing Cloud has a data extension that people are kept in."""
    if not settings().uses_marketing_cloud:
        return False
    return bool(secrets().read(settings().marketing_cloud_secret_id).get("data_extension"))


def marketing_cloud_rows(columns: Mapping[str, str]) -> "RowSync":
    """The rows of people in Marketing Cloud, whose columns are given by our words."""
    from chalicelib.gateways.marketing_cloud.row_sync import RowSync

    data_extension = secrets().read(settings().marketing_cloud_secret_id).get("data_extension")
    if not data_extension:
        raise Misconfigured("Marketing Cloud secret: add data_extension, the external key")
    return RowSync(marketing_cloud(), str(data_extension), columns)


@cache
def salesforce() -> "SalesforceGateway":
    """The Salesforce org, as the integration user sees it."""
    from chalicelib.gateways.salesforce.client import SalesforceGateway

    return SalesforceGateway(
        lambda: secrets().read(settings().salesforce_secret_id),
        clock=now,
        share_for_people=settings().salesforce_share_for_people,
    )


@cache
def salesforce_rest() -> "Rest":
    """The org's REST API, with its own session and budget."""
    from chalicelib.gateways.salesforce.budget import Budget
    from chalicelib.gateways.salesforce.login import Login
    from chalicelib.gateways.salesforce.rest import Rest
    from chalicelib.gateways.salesforce.session import Session

    login = Login(lambda: secrets().read(settings().salesforce_secret_id))
    return Rest(Session(login, Budget(settings().salesforce_share_for_people, now)))

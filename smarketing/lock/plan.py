"""What a lock would take away, from whom, and what it does not bind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from chalicelib.gateways.salesforce.field_permissions import (
    INTEGRATION,
    Holder,
    Org,
    Permission,
    Survey,
    is_integration,
    survey,
)
from smarketing.lock.users import users_of, users_who_could_reopen


@dataclass(frozen=True, slots=True)
class Loss:
    """The fields of one object that one profile or permission set would no longer edit."""

    holder: Holder
    object: str
    fields: tuple[str, ...]
    users: int
    """Active users who have the profile or permission set."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a lock changes in an org.

    Attributes:
        org: the organisation's id.
        losses: by profile or permission set, and object.
        warnings: what field-level security does not bind, and what is odd in this org.
    """

    org: str
    survey: Survey
    losses: tuple[Loss, ...]
    warnings: tuple[str, ...]

    @property
    def grants(self) -> tuple[Permission, ...]:
        """The edit rights to take away."""
        return self.survey.grants


def organization_id(org: Org) -> str:
    """Read the organisation's id, 18 characters.

    Raises:
        Misconfigured, Retryable: as `Rest.rows` does.
    """
    return str(next(iter(org.rows("SELECT Id FROM Organization")))["Id"])


def plan_lock(org: Org, fields: Sequence[str]) -> Plan:
    """Find who may edit the fields, the integration user's permission set excepted.

    Raises:
        Misconfigured, Retryable: as `survey` does.
    """
    found = survey(org, fields)
    own = [each.id for each in found.holders if is_integration(each)]
    users = users_of(org, [*own, *(each.holder.id for each in found.grants)])
    integration = len(frozenset().union(*(users[each] for each in own)))
    warnings = (*_warnings(found, integration), *_unbound(users_who_could_reopen(org)))
    return Plan(organization_id(org), found, _losses(found.grants, users), warnings)


def as_json(plan: Plan) -> dict[str, Any]:
    """Give a plan as the command prints and saves it."""
    return {
        "org": plan.org,
        "looked_at": looked_at(plan.survey),
        "grants": len(plan.grants),
        "losses": [
            {
                "kind": each.holder.kind,
                "name": each.holder.name,
                "object": each.object,
                "fields": list(each.fields),
                "users": each.users,
            }
            for each in plan.losses
        ],
        "warnings": list(plan.warnings),
    }


def looked_at(found: Survey) -> dict[str, int]:
    """Count what was looked at."""
    return {
        "profiles": found.count("profile"),
        "permission_sets": found.count("permission set"),
        "fields": len(found.fields),
        "field_permissions": len(found.permissions),
    }


def _losses(grants: Sequence[Permission], users: Mapping[str, frozenset[str]]) -> tuple[Loss, ...]:
    grouped = groupby(grants, key=lambda each: (each.holder, each.object))
    return tuple(
        Loss(holder, name, tuple(each.field for each in some), len(users[holder.id]))
        for (holder, name), some in grouped
    )


def _warnings(found: Survey, integration_users: int) -> tuple[str, ...]:
    warnings = []
    if found.lacking:
        warnings.append(
            f"permission set {INTEGRATION} may not edit {len(found.lacking)} of the fields, the first is "
            f"{found.lacking[0]}: deploy metadata/ before you lock, or the sync fails"
        )
    if integration_users != 1:
        warnings.append(
            f"active users who have the permission set {INTEGRATION}: {integration_users}; it should be the "
            "integration user alone"
        )
    return tuple(warnings)


def _unbound(keepers: int) -> tuple[str, ...]:
    people = (
        "active users who may give the right back (Customize Application, Manage Profiles and Permission "
        f"Sets or Modify All Data): {keepers}; the daily check tells when somebody does"
    )
    programs = (
        "Apex and flows in system mode pass field-level security: the validation rules of the phase "
        "`locked` hold them as well"
    )
    return people, programs

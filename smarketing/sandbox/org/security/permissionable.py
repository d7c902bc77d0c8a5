"""Which fields take permissions (Object Reference, FieldPermissions, Special Properties)."""

from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, Schema, SObject

SETUP_OBJECTS = frozenset(
    {
        *("PermissionSet", "PermissionSetAssignment", "PermissionSetGroup", "PermissionSetGroupComponent"),
        *("MutingPermissionSet", "FieldPermissions", "ObjectPermissions", "SetupEntityAccess"),
        *("CustomPermission", "Profile", "User", "UserRole", "Group", "GroupMember", "QueueSobject"),
        *("RecordType", "Organization"),
    }
)
"""Objects of the set-up, which take no permissions themselves."""

_ALWAYS_OPEN = frozenset(
    {
        *("Id", "Name", "OwnerId", "RecordTypeId", "IsDeleted", "MasterRecordId", "SystemModstamp"),
        *("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"),
        *("IsConverted", "ConvertedDate", "ConvertedContactId", "ConvertedAccountId"),
        *("ConvertedOpportunityId", "IsClosed", "IsWon"),
    }
)


COMPOUND_FIELDS = frozenset({"Lead.Address", "Contact.MailingAddress", "Account.BillingAddress"})
"""Stand for the street, the city and so on of an address, which take no permissions themselves."""


def is_permissionable(sobject: SObject, field: Field) -> bool:
    """Tell whether permissions decide about a field: not for required ones and the platform's own."""
    return sobject.name not in SETUP_OBJECTS and not field.required and field.name not in _ALWAYS_OPEN


def takes_edit(field: Field) -> bool:
    """Tell whether a field can be edited by anybody: formulas and auto-numbers can only be read."""
    return field.writable and field.formula is None


def find_field(schema: Schema, path: str) -> tuple[SObject, Field] | None:
    """Find the field that `Lead.Smarketing_Score__c` names; a reference may lack its Id."""
    name, _, field_name = path.partition(".")
    sobject = schema.get(name)
    if sobject is None:
        return None
    field = sobject.get(field_name) or sobject.get(f"{field_name}Id")
    return None if field is None else (sobject, field)


def depends(edit: str, read: str) -> Refusal:
    """Refuse a right without the one that it needs."""
    return Refusal("FIELD_INTEGRITY_EXCEPTION", f"Permission {edit} depends on permission(s): {read}")

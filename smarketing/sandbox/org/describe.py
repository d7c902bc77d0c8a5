"""Describes objects and fields as the platform does, as far as clients read it."""

from collections.abc import Mapping
from typing import Any

from smarketing.sandbox.org.schema import Field, PicklistValue, SObject
from smarketing.sandbox.org.values import default_of

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "datetime": "xsd:dateTime",
    "date": "xsd:date",
}


_MASTER = "012000000000000AAA"
"""Id of the record type that stands for having none."""


def describe(sobject: SObject, version: str, record_types: Mapping[str, str]) -> dict[str, Any]:
    """Describe an object with its fields; record types' ids come by their names."""
    fields = [_field(sobject, each) for each in sobject.fields.values()]
    master = _record_type("Master", "Master", _MASTER, active=True) | {"master": True}
    infos = [
        _record_type(each.developer_name, each.label, record_types[each.developer_name], active=each.active)
        for each in sobject.record_types
        if each.developer_name in record_types
    ]
    more = {"fields": fields, "childRelationships": [], "recordTypeInfos": [*infos, master]}
    return brief(sobject, version) | more


def brief(sobject: SObject, version: str) -> dict[str, Any]:
    """Describe an object as the list of all objects does."""
    base = f"/services/data/v{version}/sobjects/{sobject.name}"
    return {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.plural or f"{sobject.label}s",
        "keyPrefix": sobject.prefix,
        "custom": sobject.custom,
        "createable": True,
        "updateable": True,
        "deletable": True,
        "queryable": True,
        "retrieveable": True,
        "searchable": True,
        "urls": {
            "sobject": base,
            "describe": f"{base}/describe",
            "rowTemplate": f"{base}/{{ID}}",
        },
    }


def _field(sobject: SObject, field: Field) -> dict[str, Any]:
    computed = field.name == "Name" and (sobject.full_name or sobject.auto_number is not None)
    writable = field.writable and not computed and field.name != "Id"
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
        "custom": field.custom,
        "nillable": not field.required,
        "createable": writable,
        "updateable": writable,
        "externalId": field.external_id,
        "idLookup": field.external_id or field.name in ("Id", "Email"),
        "unique": field.unique,
        "autoNumber": field.name == "Name" and sobject.auto_number is not None,
        "calculated": field.formula is not None,
        "calculatedFormula": field.formula,
        "defaultValue": default_of(field),
        "htmlFormatted": field.html,
        "inlineHelpText": field.help_text,
        "nameField": field.name == "Name",
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "restrictedPicklist": field.restricted,
        "picklistValues": [_picklist_value(each) for each in field.values],
    }


def _picklist_value(value: PicklistValue) -> dict[str, Any]:
    return {
        "active": value.active,
        "defaultValue": value.default,
        "label": value.label,
        "validFor": None,
        "value": value.name,
    }


def _record_type(developer_name: str, label: str, record_type: str, *, active: bool) -> dict[str, Any]:
    return {
        "active": active,
        "available": active,
        "defaultRecordTypeMapping": False,
        "developerName": developer_name,
        "master": False,
        "name": label,
        "recordTypeId": record_type,
    }

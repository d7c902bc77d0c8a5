"""Describes objects and fields as the platform does, as far as clients read it."""

from typing import Any

from smarketing.sandbox.org.schema import Field, SObject

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


def describe(sobject: SObject, version: str) -> dict[str, Any]:
    """Describe an object with its fields."""
    fields = [_field(sobject, each) for each in sobject.fields.values()]
    return brief(sobject, version) | {"fields": fields, "childRelationships": [], "recordTypeInfos": []}


def brief(sobject: SObject, version: str) -> dict[str, Any]:
    """Describe an object as the list of all objects does."""
    base = f"/services/data/v{version}/sobjects/{sobject.name}"
    return {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": f"{sobject.label}s",
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
        "custom": field.custom,
        "nillable": not field.required,
        "createable": writable,
        "updateable": writable,
        "externalId": field.external_id,
        "idLookup": field.external_id or field.name in ("Id", "Email"),
        "unique": field.unique,
        "autoNumber": field.name == "Name" and sobject.auto_number is not None,
        "calculated": False,
        "nameField": field.name == "Name",
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "picklistValues": [],
    }

"""Delete rows of a data extension, which only the SOAP API can.

Source: Marketing Cloud Engagement developer guide, "Delete a Row from a Data Extension" and
"DataExtensionDeleteResult"; a result's `OrdinalID` names its row.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.access import Access
from chalicelib.gateways.marketing_cloud.refusals import without_values

MOST = 50
"""Rows of one call, which is synchronous: Salesforce Help, "API Limits and Guidelines"."""

_API = "http://exacttarget.com/wsdl/partnerAPI"
_GONE = "affected 0 of the expected 1 records"
"""So the platform says that there is no such row."""


def delete_rows(access: Access, data_extension: str, keys: Sequence[Mapping[str, str]]) -> dict[int, str]:
    """Delete rows by their primary keys, 50 with each call; a row that is gone counts as deleted.

    Returns:
        Why rows were not deleted, by their position in `keys`.

    Raises:
        Retryable, Misconfigured, Rejected: a call failed as a whole.
    """
    failures: dict[int, str] = {}
    for start in range(0, len(keys), MOST):
        part = keys[start : start + MOST]
        answer = access.call_soap("Delete", partial(_envelope, data_extension, part))
        failures |= {start + position: why for position, why in _failures(answer, len(part)).items()}
    return failures


def _envelope(data_extension: str, keys: Sequence[Mapping[str, str]], token: str) -> bytes:
    objects = "".join(_object(data_extension, each) for each in keys)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<s:Header><fueloauth xmlns="http://exacttarget.com">{escape(token)}</fueloauth></s:Header>'
        f'<s:Body><DeleteRequest xmlns="{_API}"><Options/>{objects}</DeleteRequest></s:Body></s:Envelope>'
    ).encode()


def _object(data_extension: str, keys: Mapping[str, str]) -> str:
    written = "".join(
        f"<Key><Name>{escape(name)}</Name><Value>{escape(value)}</Value></Key>"
        for name, value in keys.items()
    )
    return (
        f'<Objects xsi:type="DataExtensionObject"><CustomerKey>{escape(data_extension)}</CustomerKey>'
        f"<Keys>{written}</Keys></Objects>"
    )


def _failures(answer: bytes, rows: int) -> dict[int, str]:
    try:
        tree = ElementTree.fromstring(answer, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        raise Retryable("Marketing Cloud Delete: the answer is no SOAP") from None
    if (fault := tree.find(".//{*}Fault/faultstring")) is not None:
        raise Rejected(f"Marketing Cloud Delete: {without_values(fault.text)}")
    results = tree.findall(f".//{{{_API}}}Results")
    if len(results) != rows:
        raise Rejected(f"Marketing Cloud Delete: {len(results)} of {rows} rows are told")
    return {
        int(_word(each, "OrdinalID") or place): without_values(_reason(each))
        for place, each in enumerate(results)
        if _word(each, "StatusCode") != "OK" and _GONE not in _reason(each)
    }


def _reason(result: Element) -> str:
    return f"{_word(result, 'StatusMessage')} {_word(result, 'ErrorMessage')}".strip()


def _word(result: Element, name: str) -> str:
    return (result.findtext(f"{{{_API}}}{name}") or "").strip()

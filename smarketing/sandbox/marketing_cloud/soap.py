"""The SOAP API, as far as rows are deleted by it.

Source: Marketing Cloud Engagement developer guide, "Delete a Row from a Data Extension",
"DataExtensionDeleteResult" (`OrdinalID` is the position of the row), "Error Codes".
"""

import uuid
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from smarketing.sandbox.marketing_cloud.answers import Answer, Call
from smarketing.sandbox.marketing_cloud.data_extension import DataExtension

_API = "{http://exacttarget.com/wsdl/partnerAPI}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_GONE = "Concurrency violation: the DeleteCommand affected 0 of the expected 1 records."


class Soap:
    """Serves `/Service.asmx`."""

    def __init__(
        self,
        data_extensions: Mapping[str, DataExtension],
        is_valid: Callable[[str], bool],
        settle: Callable[[], None],
    ) -> None:
        """Delete rows for whoever shows a token that `is_valid`."""
        self._extensions = data_extensions
        self._is_valid = is_valid
        self._settle = settle

    def answer(self, call: Call) -> Answer:
        """Answer a request; what isn't the deletion of rows is a fault."""
        try:
            tree = ElementTree.fromstring(call.raw, forbid_dtd=True)
        except (ElementTree.ParseError, DefusedXmlException, ValueError):
            return _fault("Client", "The message is no SOAP envelope.")
        token = tree.findtext(".//{http://exacttarget.com}fueloauth") or ""
        if not self._is_valid(token):
            return _fault("Security", "Token Expired")
        objects = tree.findall(f".//{_API}DeleteRequest/{_API}Objects")
        if not objects or any(each.get(_TYPE) != "DataExtensionObject" for each in objects):
            return _fault("Client", "The emulated account deletes objects of type DataExtensionObject.")
        self._settle()
        return _answer([self._delete(each) for each in objects])

    def _delete(self, wanted: Element) -> str | None:
        """Delete a row; say why not, where that is so."""
        extension = self._extensions.get(wanted.findtext(f"{_API}CustomerKey") or "")
        if extension is None:
            return "Invalid DataExtension specified."
        given = {
            (each.findtext(f"{_API}Name") or "").lower(): each.findtext(f"{_API}Value") or ""
            for each in wanted.findall(f"{_API}Keys/{_API}Key")
        }
        if set(given) != {each.name.lower() for each in extension.primary}:
            return "Primary Key is required"
        key = tuple(given[each.name.lower()] for each in extension.primary)
        return None if extension.rows.pop(key, None) is not None else _GONE


def _answer(problems: list[str | None]) -> Answer:
    results = "".join(
        "<Results><StatusCode>{}</StatusCode><StatusMessage>{}</StatusMessage><OrdinalID>{}</OrdinalID>{}"
        "</Results>".format(
            "OK" if problem is None else "Error",
            "Deleted DataExtensionObject" if problem is None else escape(problem),
            place,
            ""
            if problem is None
            else f"<ErrorCode>2</ErrorCode><ErrorMessage>{escape(problem)}</ErrorMessage>",
        )
        for place, problem in enumerate(problems)
    )
    failed = sum(each is not None for each in problems)
    overall = "OK" if not failed else "Error" if failed == len(problems) else "Has Errors"
    return _envelope(
        200,
        f'<DeleteResponse xmlns="http://exacttarget.com/wsdl/partnerAPI">{results}'
        f"<RequestID>{uuid.uuid4()}</RequestID><OverallStatus>{overall}</OverallStatus></DeleteResponse>",
    )


def _fault(code: str, message: str) -> Answer:
    return _envelope(
        500,
        f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{escape(message)}</faultstring></soap:Fault>",
    )


def _envelope(status: int, body: str) -> Answer:
    return Answer(
        status,
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>",
        {},
        "text/xml",
    )

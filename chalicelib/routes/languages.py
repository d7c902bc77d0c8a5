"""The language of a page: what the address asks for, else what the browser prefers."""

from chalice.app import Request

from chalicelib.domain.double_opt_in import Language
from chalicelib.routes.answers import query_of


def language_of(request: Request) -> Language:
    """Choose by `?lang=`, else by the header Accept-Language; English where neither helps."""
    asked = query_of(request, "lang")
    if asked in ("de", "en"):
        return "de" if asked == "de" else "en"
    accepted = str(request.headers.get("accept-language") or "")
    wanted = [each.strip().lower()[:2] for each in accepted.split(",")]
    return "de" if next((each for each in wanted if each in ("de", "en")), "en") == "de" else "en"

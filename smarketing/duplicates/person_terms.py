"""How two Leads or Contacts are compared: name, mail address, telephone, and where they work."""

from smarketing.duplicates.terms import Comparison, Level, Neighbours, Terms, Typical


def _slip(column: str) -> str:
    # Jaro and Winkler's likeness is cheap and spares most pairs the count of slips.
    likeness = f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.75"
    return f"{likeness} AND damerau_levenshtein({column}_l, {column}_r) <= 1"


_SWAPPED = (
    "(first_l = last_r AND jaro_winkler_similarity(last_l, first_r) >= 0.88)"
    " OR (last_l = first_r AND jaro_winkler_similarity(first_l, last_r) >= 0.88)"
)
_SAME_START = "first_l[1] = first_r[1]"
_INITIAL = f"(length(first_l) = 1 OR length(first_r) = 1) AND {_SAME_START}"

_FIRST_NAME = Comparison(
    "first_name",
    "first_l IS NULL OR first_r IS NULL",
    (
        Level("same", "first_l = first_r", "first"),
        Level("swapped with the last name", _SWAPPED),
        Level("an initial that fits", _INITIAL),
        Level("a slip", _slip("first"), "first"),
        Level("alike", "jaro_winkler_similarity(first_l, first_r) >= 0.88", "first"),
    ),
)

_LAST_NAME = Comparison(
    "last_name",
    # The first name says it already where the two are swapped.
    f"last_l IS NULL OR last_r IS NULL OR {_SWAPPED}",
    (
        Level("same", "last_l = last_r", "last"),
        Level("a slip", _slip("last"), "last"),
        Level("alike", "jaro_winkler_similarity(last_l, last_r) >= 0.9", "last"),
    ),
)

# Kin at one company have mail addresses that differ in the initial.
_NOT_KIN = "initials_l = initials_r OR initials_l IS NULL OR initials_r IS NULL"

_EMAIL = Comparison(
    "email",
    # The same word before the @ of another company says no more than the name that it is made of.
    "email_l IS NULL OR email_r IS NULL OR (local_l = local_r AND host_l <> host_r)",
    (
        Level("same", "email_l = email_r"),
        Level("a slip", f"host_l = host_r AND length(local_l) > 3 AND ({_NOT_KIN}) AND {_slip('local')}"),
    ),
)

_SLIP_IN_PHONE = "left(phone_l, 6) = left(phone_r, 6) OR right(phone_l, 4) = right(phone_r, 4)"

_PHONE = Comparison(
    "phone",
    "phone_l IS NULL OR phone_r IS NULL",
    (
        Level("same", "phone_l = phone_r"),
        Level("same switchboard", "trunk_l = trunk_r"),
        Level("a slip", f"({_SLIP_IN_PHONE}) AND damerau_levenshtein(phone_l, phone_r) <= 1"),
    ),
)

_WORKPLACE = Comparison(
    "workplace",
    "(company_l IS NULL OR company_r IS NULL) AND (domain_l IS NULL OR domain_r IS NULL)"
    " AND (trunk_l IS NULL OR trunk_r IS NULL) AND (postcode_l IS NULL OR postcode_r IS NULL)",
    (
        Level("same company", "company_l = company_r", "company"),
        Level("same mail domain", "domain_l = domain_r", "domain"),
        Level("same switchboard", "trunk_l = trunk_r", "trunk"),
        Level(
            "same postcode, company alike",
            "postcode_l = postcode_r AND (head_l = head_r"
            " OR jaro_winkler_similarity(company_l, company_r) >= 0.88)",
        ),
        Level("same postcode", "postcode_l = postcode_r", "postcode"),
        Level("company alike", "head_l = head_r OR jaro_winkler_similarity(company_l, company_r) >= 0.92"),
    ),
)

_OTHER_FIRST_NAME = "first_l[1] <> first_r[1] AND first_l[1] <> last_r[1] AND last_l[1] <> first_r[1]"

# Learned from a million records, "different" as the last of each; in doubt against one: in a small table
# those who are most easily taken for one are relatives, and colleagues who share a telephone.
_TYPICAL = Typical(
    one={
        "first_name": (0.886, 0.0164, 0.058, 0.0316, 0.0002, 0.0078),
        "last_name": (0.957, 0.0347, 0.0003, 0.008),
        "email": (0.86, 0.02, 0.12),
        "phone": (0.908, 0.0767, 0.0005, 0.0144),
        "workplace": (0.819, 0.1425, 0.0265, 0.0078, 0.0021, 0.0014, 0.0009),
    },
    other={
        "first_name": (0.003, 5e-7, 0.004, 0.001, 0.0014, 0.9906),
        "last_name": (0.01, 0.002, 0.001, 0.987),
        "email": (7.3e-5, 1.2e-6, 0.9999),
        "phone": (0.15, 0.25, 0.0001, 0.5999),
        "workplace": (4.6e-5, 2e-6, 5e-7, 5e-7, 2.5e-5, 0.0009, 0.999),
    },
)

PERSON_TERMS = Terms(
    comparisons=(_FIRST_NAME, _LAST_NAME, _EMAIL, _PHONE, _WORKPLACE),
    candidates=(
        ("email",),
        ("phone",),
        ("names",),
        ("last", "company"),
        ("first", "company"),
        ("last", "postcode"),
        ("first", "postcode"),
        ("last", "trunk"),
        ("first", "trunk"),
        ("first", "domain"),
        ("last", "domain"),
        ("local", "first"),
        ("company", "substr(last, 1, 2)", "substr(first, 1, 1)"),
        ("domain", "substr(last, 1, 2)", "substr(first, 1, 1)"),
    ),
    training=(("email",), ("first", "last"), ("last", "company")),
    certain=(("email", "last"), ("phone", "names"), ("names", "company")),
    certain_share=0.9,
    neighbours=Neighbours(("company",), _OTHER_FIRST_NAME, ("email", "phone")),
    typical=_TYPICAL,
)
"""Company, mail domain, switchboard and postcode say the same: they are one comparison."""

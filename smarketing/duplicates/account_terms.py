"""How two Accounts are compared: name, web domain, switchboard, and place."""

from smarketing.duplicates.terms import Comparison, Level, Terms, Typical

ACCOUNT_TERMS = Terms(
    comparisons=(
        Comparison(
            "name",
            "company_l IS NULL OR company_r IS NULL",
            (
                Level("same", "company_l = company_r", "company"),
                Level("alike", "jaro_winkler_similarity(company_l, company_r) >= 0.92"),
                Level("same first word", "head_l = head_r"),
            ),
        ),
        Comparison(
            "domain",
            "domain_l IS NULL OR domain_r IS NULL",
            (Level("same", "domain_l = domain_r", "domain"),),
        ),
        Comparison(
            "phone",
            "phone_l IS NULL OR phone_r IS NULL",
            (
                Level("same", "phone_l = phone_r", "phone"),
                Level("same switchboard", "trunk_l = trunk_r", "trunk"),
            ),
        ),
        Comparison(
            "place",
            "(postcode_l IS NULL OR postcode_r IS NULL) AND (city_l IS NULL OR city_r IS NULL)",
            (
                Level("same postcode", "postcode_l = postcode_r", "postcode"),
                Level("same city", "city_l = city_r", "city"),
            ),
        ),
    ),
    candidates=(
        ("company",),
        ("domain",),
        ("phone",),
        ("trunk",),
        ("head", "city"),
        ("head", "postcode"),
        ("substr(company, 1, 6)", "city"),
    ),
    training=(("domain",), ("company",)),
    certain=(("company", "domain"), ("company", "phone"), ("domain", "phone")),
    certain_share=0.8,
    typical=Typical(
        one={
            "name": (0.80, 0.10, 0.06, 0.04),
            "domain": (0.85, 0.15),
            "phone": (0.60, 0.25, 0.15),
            "place": (0.75, 0.10, 0.15),
        },
        other={
            "name": (1e-4, 1e-3, 3e-3, 0.9959),
            "domain": (5e-5, 0.99995),
            "phone": (1e-5, 1e-5, 0.99998),
            "place": (1e-3, 1e-2, 0.989),
        },
    ),
    enough=50_000,
)
"""The typical shares are set by hand: orgs rarely have enough Accounts to learn them from."""

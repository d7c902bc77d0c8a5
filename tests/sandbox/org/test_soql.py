# ruff: noqa: S608 - the queries are the tests' own
"""SOQL in the emulated org: each clause, the platform's null semantics, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.org.running_org import NOON, RunningOrg, refusal, running_org

DAY = 86_400_000
LEADS: list[dict[str, Any]] = [
    {"LastName": "Weiß", "Title": "CTO", "NumberOfEmployees": 120, "HasOptedOutOfEmail": True},
    {"LastName": "weber", "Title": "CEO", "NumberOfEmployees": 20},
    {"LastName": "Übel", "NumberOfEmployees": 20, "Email": "u@example.org"},
    {"LastName": "O'Neil", "Title": "50% owner"},
]
KINDS = ("email_sent", "email_opened", "form_submitted")


@pytest.fixture(scope="module")
def org() -> Iterator[RunningOrg]:
    """Four Leads, a day between each of them; the first has two touchpoints, the queue owns an interest."""
    with running_org() as running:
        ids = []
        for number, values in enumerate(LEADS):
            running.now = type(NOON)(NOON - (3 - number) * DAY)
            ids.append(running.lead(last_name=values["LastName"], **_without_name(values)))
        running.now = NOON
        for number in (1, 2):
            key = {"Smarketing_Engagement_Id__c": str(number), "Kind__c": KINDS[number]}
            running.create("Touchpoint__c", Lead__c=ids[0], **key)
        running.create("Touchpoint__c", Smarketing_Engagement_Id__c="3")
        [queue] = running.query("SELECT Id FROM Group WHERE DeveloperName = 'Sales_Support'")
        running.create("Interest__c", Smarketing_Interest_Id__c="1", OwnerId=queue["Id"], Lead__c=ids[1])
        yield running


def _without_name(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "LastName"}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Title = 'cto'", ["Weiß"]),
        ("Title != 'CTO'", ["weber", "Übel", "O'Neil"]),
        ("Title = null", ["Übel"]),
        ("Title = ''", ["Übel"]),
        ("Title != null", ["Weiß", "weber", "O'Neil"]),
        ("NOT Title = 'CTO'", ["weber", "Übel", "O'Neil"]),
        ("LastName = 'ÜBEL'", ["Übel"]),
        (r"LastName = 'O\'Neil'", ["O'Neil"]),
        ("LastName LIKE 'we%'", ["Weiß", "weber"]),
        ("LastName LIKE 'ü_el'", ["Übel"]),
        (r"Title LIKE '50\% %'", ["O'Neil"]),
        ("NumberOfEmployees > 20", ["Weiß"]),
        ("NumberOfEmployees >= 20 AND NumberOfEmployees < 120", ["weber", "Übel"]),
        ("NumberOfEmployees IN (20, 21)", ["weber", "Übel"]),
        ("LastName NOT IN ('Weiß', 'Weber')", ["Übel", "O'Neil"]),
        ("HasOptedOutOfEmail = TRUE", ["Weiß"]),
        ("HasOptedOutOfEmail = false AND Title = null", ["Übel"]),
        ("(Title = 'CTO' OR Title = 'CEO') AND NumberOfEmployees = 20", ["weber"]),
        ("CreatedDate = TODAY", ["O'Neil"]),
        ("CreatedDate = YESTERDAY", ["Übel"]),
        ("CreatedDate = LAST_N_DAYS:2", ["weber", "Übel", "O'Neil"]),
        ("CreatedDate >= 2026-02-28T13:00:00+01:00", ["Übel", "O'Neil"]),
        ("Owner.Name = 'Ada Admin' AND Owner.Username LIKE 'admin@%'", ["Weiß", "weber", "Übel", "O'Neil"]),
        ("Id IN (SELECT Lead__c FROM Touchpoint__c WHERE Kind__c = 'email_opened')", ["Weiß"]),
        ("Id NOT IN (SELECT Lead__c FROM Touchpoint__c)", ["weber", "Übel", "O'Neil"]),
    ],
)
def test_a_filter_finds(org: RunningOrg, where: str, names: list[str]) -> None:
    found = org.query(f"SELECT LastName FROM Lead WHERE {where} ORDER BY CreatedDate")
    assert [each["LastName"] for each in found] == names


@pytest.mark.parametrize(
    ("clauses", "names"),
    [
        ("ORDER BY Title", ["Übel", "O'Neil", "weber", "Weiß"]),
        ("ORDER BY Title NULLS LAST", ["O'Neil", "weber", "Weiß", "Übel"]),
        ("ORDER BY Title DESC", ["Übel", "Weiß", "weber", "O'Neil"]),
        ("ORDER BY NumberOfEmployees DESC NULLS LAST, LastName", ["Weiß", "weber", "Übel", "O'Neil"]),
        ("ORDER BY CreatedDate LIMIT 2", ["Weiß", "weber"]),
        ("ORDER BY CreatedDate LIMIT 2 OFFSET 1", ["weber", "Übel"]),
    ],
)
def test_records_come_in_the_order_and_number_asked_for(
    org: RunningOrg, clauses: str, names: list[str]
) -> None:
    assert [each["LastName"] for each in org.query(f"SELECT LastName FROM Lead {clauses}")] == names


def test_a_parent_is_shown_with_its_fields_even_if_they_are_empty(org: RunningOrg) -> None:
    soql = "SELECT Lead__r.Email, Lead__r.Name, Lead__r.Owner.Name FROM Touchpoint__c ORDER BY Name"
    first, _, orphan = org.query(soql)
    assert first["Lead__r"]["attributes"]["type"] == "Lead"
    assert (first["Lead__r"]["Email"], first["Lead__r"]["Name"]) == (None, "Weiß")
    assert first["Lead__r"]["Owner"]["Name"] == "Ada Admin"
    assert orphan["Lead__r"] is None


def test_an_owner_may_be_a_queue(org: RunningOrg) -> None:
    [interest] = org.query("SELECT Owner.Name, Lead__r.LastName FROM Interest__c")
    assert (interest["Owner"]["Name"], interest["Lead__r"]["LastName"]) == ("Sales Support", "weber")


def test_children_come_along(org: RunningOrg) -> None:
    children = (
        "(SELECT Kind__c FROM Touchpoints__r WHERE Kind__c != 'page_viewed' ORDER BY Kind__c DESC LIMIT 5)"
    )
    first, second, *_ = org.query(f"SELECT LastName, {children} FROM Lead ORDER BY CreatedDate")
    assert [each["Kind__c"] for each in first["Touchpoints__r"]["records"]] == [
        "form_submitted",
        "email_opened",
    ]
    assert second["Touchpoints__r"] is None


def test_records_are_counted(org: RunningOrg) -> None:
    def count(soql: str) -> int:
        return int(org.call("GET", "query", params={"q": soql}).json()["totalSize"])

    assert count("SELECT COUNT() FROM Lead WHERE Title != null") == 3
    assert count("SELECT COUNT() FROM Lead LIMIT 2") == 2


def test_groups_are_counted_and_summed(org: RunningOrg) -> None:
    soql = (
        "SELECT NumberOfEmployees, COUNT(Id) leads, COUNT_DISTINCT(Title) FROM Lead "
        "GROUP BY NumberOfEmployees HAVING COUNT(Id) > 1"
    )
    [group] = org.query(soql)
    del group["attributes"]
    assert group == {"NumberOfEmployees": 20, "leads": 2, "expr0": 1}
    [whole] = org.query(
        "SELECT MIN(NumberOfEmployees), MAX(CreatedDate), AVG(NumberOfEmployees) mean FROM Lead"
    )
    assert (whole["expr0"], whole["expr1"]) == (20, "2026-03-01T12:00:00.000+0000")
    assert whole["mean"] == pytest.approx(160 / 3)
    [owners] = org.query("SELECT Owner.Name, COUNT(Id) n FROM Lead GROUP BY Owner.Name")
    assert (owners["Name"], owners["n"]) == ("Ada Admin", 4)


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT * FROM Lead",
        "SELECT FROM Lead",
        "SELECT Id FROM Lead WHERE",
        "SELECT Id FROM Lead WHERE Title = CTO",
        "SELECT Id FROM Lead WHERE Title = 'a' OR Title = 'b' AND LastName = 'c'",
        "SELECT Id FROM Lead WHERE CreatedDate = THIS_FISCAL_QUARTER",
        "SELECT FIELDS(ALL) FROM Lead LIMIT 1",
        "SELECT TYPEOF Owner WHEN User THEN Name END FROM Lead",
        "SELECT Id FROM Lead WITH SECURITY_ENFORCED",
        "SELECT Id FROM Lead; DROP TABLE Lead",
        "SELECT LastName, COUNT(Id) FROM Lead",
        "SELECT LastName, Title FROM Lead GROUP BY Title",
        "UPDATE Lead SET Title = 'CTO'",
    ],
)
def test_what_it_does_not_understand_is_malformed(org: RunningOrg, soql: str) -> None:
    answer = org.call("GET", "query", params={"q": soql})
    assert refusal(answer) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Colour__c FROM Lead",
        "SELECT Id FROM Lead WHERE Colour__c = 'red'",
        "SELECT Id FROM Lead ORDER BY Colour__c",
        "SELECT Machine__r.Name FROM Lead",
        "SELECT Id, Id FROM Lead",
        "SELECT Id FROM Lead WHERE NumberOfEmployees = 'many'",
        "SELECT Id FROM Lead WHERE Title = 5",
        "SELECT Id FROM Lead WHERE HasOptedOutOfEmail = 'true'",
        "SELECT Id FROM Lead WHERE CreatedDate = 2026-03-01",
        "SELECT Id FROM Lead WHERE Title = TODAY",
        "SELECT Id FROM Lead WHERE NumberOfEmployees LIKE '1%'",
        "SELECT Id FROM Lead WHERE Smarketing_Explanation__c = 'x'",
        "SELECT Id FROM Lead ORDER BY Smarketing_Explanation__c",
    ],
)
def test_a_field_that_is_not_there_or_does_not_fit_is_refused(org: RunningOrg, soql: str) -> None:
    answer = org.call("GET", "query", params={"q": soql})
    assert refusal(answer) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    "soql", ["SELECT Id FROM Machine__c", "SELECT Id, (SELECT Id FROM Machines__r) FROM Lead"]
)
def test_an_object_that_is_not_there_is_refused(org: RunningOrg, soql: str) -> None:
    assert refusal(org.call("GET", "query", params={"q": soql})) == (400, "INVALID_TYPE")


def test_deleted_records_are_found_by_query_all_only() -> None:
    with running_org() as org:
        org.call("DELETE", f"sobjects/Lead/{org.lead()}")
        soql = {"q": "SELECT Id, IsDeleted FROM Lead"}
        assert org.call("GET", "query", params=soql).json()["totalSize"] == 0
        [found] = org.call("GET", "queryAll", params=soql).json()["records"]
        assert found["IsDeleted"] is True


def test_many_records_come_page_by_page() -> None:
    with running_org() as org:
        for start in range(0, 450, 150):
            leads = [
                {"attributes": {"type": "Lead"}, "LastName": f"{start + number:03d}", "Company": "Werk"}
                for number in range(150)
            ]
            org.call("POST", "composite/sobjects", {"records": leads})
        headers = {"Sforce-Query-Options": "batchSize=200"}
        soql = {"q": "SELECT LastName FROM Lead ORDER BY LastName"}
        page = org.call("GET", "query", params=soql, headers=headers).json()
        names, sizes = [], []
        while True:
            assert page["totalSize"] == 450
            sizes.append(len(page["records"]))
            names += [each["LastName"] for each in page["records"]]
            if page["done"]:
                break
            path = page["nextRecordsUrl"].partition("/v66.0/")[2]
            page = org.call("GET", path, headers=headers).json()
        assert sizes == [200, 200, 50]
        assert names == [f"{number:03d}" for number in range(450)]
        assert refusal(org.call("GET", "query/01gUnknown-200")) == (400, "INVALID_QUERY_LOCATOR")


Row = dict[str, Any]
_numbers = st.sampled_from([20, 21, 120, None])
_texts = st.sampled_from(["CTO", "ceo", "Übel", "none", None])


def _literal(value: Any) -> str:
    return "null" if value is None else (f"'{value}'" if isinstance(value, str) else str(value))


def _same(left: Any, right: Any) -> bool:
    return (
        left.casefold() == right.casefold()
        if isinstance(left, str) and isinstance(right, str)
        else left == right
    )


@st.composite
def _comparisons(draw: st.DrawFn) -> tuple[str, Any]:
    name, values = draw(
        st.sampled_from([("NumberOfEmployees", _numbers), ("Title", _texts), ("LastName", _texts)])
    )
    kind = draw(st.sampled_from(["=", "!=", "IN", ">"]))
    if kind == "IN":
        some = draw(st.lists(values.filter(lambda each: each is not None), min_size=1, max_size=3))
        listed = ", ".join(_literal(each) for each in some)
        return f"{name} IN ({listed})", lambda row: any(_same(row[name], each) for each in some)
    if kind == ">":
        number = draw(st.integers(0, 130))
        return (
            f"NumberOfEmployees > {number}",
            lambda row: row["NumberOfEmployees"] is not None and row["NumberOfEmployees"] > number,
        )
    value = draw(values)
    if kind == "=":
        return f"{name} = {_literal(value)}", lambda row: _same(row[name], value)
    return f"{name} != {_literal(value)}", lambda row: not _same(row[name], value)


def _joined(some: tuple[str, list[tuple[str, Any]]]) -> tuple[str, Any]:
    word, parts = some
    holds = [each[1] for each in parts]
    text = "(" + f" {word} ".join(each[0] for each in parts) + ")"
    if word == "AND":
        return text, lambda row: all(each(row) for each in holds)
    return text, lambda row: any(each(row) for each in holds)


_filters = st.recursive(
    _comparisons(),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)).map(_joined),
        inner.map(lambda part: (f"(NOT {part[0]})", lambda row: not part[1](row))),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filter_=_filters)
def test_any_filter_finds_what_plain_python_finds(org: RunningOrg, filter_: tuple[str, Any]) -> None:
    where, holds = filter_
    everything = org.query("SELECT Id, LastName, Title, NumberOfEmployees FROM Lead ORDER BY Id")
    found = org.query(f"SELECT Id FROM Lead WHERE {where} ORDER BY Id")
    assert [each["Id"] for each in found] == [each["Id"] for each in everything if holds(each)]

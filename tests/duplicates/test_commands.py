"""From the search to the merge, as an operator does it, on an emulated org."""

import pytest
from typer.testing import CliRunner

from chalicelib.errors import Rejected
from smarketing.commands.duplicates import app
from smarketing.duplicates.manifest import PAIRS, UNDO
from smarketing.duplicates.pair import Pair
from smarketing.duplicates.pair_file import read_pairs
from tests.duplicates.conftest import Operator

ANNA = {
    "FirstName": "Anna",
    "LastName": "Müller",
    "Company": "Weber Presswerk GmbH",
    "Email": "anna.mueller@weber-presswerk.de",
    "Phone": "+49 711 123456-78",
    "PostalCode": "70173",
}


def pairs_of(operator: Operator) -> list[Pair]:
    return list(read_pairs(operator.folder / PAIRS))


def twice(operator: Operator, **other: object) -> tuple[str, str]:
    """The same person entered twice: once with all that is known, once with slips."""
    first = operator.org.create("Lead", **ANNA, City="Stuttgart")
    second = operator.org.create(
        "Lead",
        **{"FirstName": "A.", "LastName": "Mueller", "Company": "Weber Presswerk", "Phone": "0711 12345678"}
        | {"Email": ANNA["Email"], **other},
    )
    operator.org.create("Lead", FirstName="Jonas", LastName="Becker", Company="Weber Presswerk GmbH")
    return first, second


def test_a_person_entered_twice_is_found_and_explained(operator: Operator) -> None:
    """Slips, umlauts, an initial and another legal form do not hide that two Leads are one."""
    first, second = twice(operator)

    found = operator.find()

    [pair] = pairs_of(operator)
    assert found["pairs"] == 1
    assert {pair.left, pair.right} == {f"Lead:{first}", f"Lead:{second}"}
    assert pair.decision == "same"
    assert {each.comparison: each.level for each in pair.why}["email"] == "same"


def test_colleagues_are_not_taken_for_one(operator: Operator) -> None:
    """Company, switchboard and postcode in common make nobody another person."""
    for name in ("Anna Müller", "Jonas Becker", "Eva Weber"):
        first, last = name.split()
        operator.org.create("Lead", **{**ANNA, "FirstName": first, "LastName": last, "Email": None})

    assert operator.find()["pairs"] == 0


def test_a_merge_keeps_what_the_playbook_says(operator: Operator) -> None:
    """The fuller record stays, takes over what it lacks and every objection, and the other is gone."""
    first, second = twice(operator, HasOptedOutOfEmail=True, Website="https://weber.example")
    task = operator.org.create("Task", WhoId=second, Subject="Call back")
    operator.find()

    done = operator.merge()

    left = operator.org.read("Lead", first)
    assert (done["records"], done["failures"]) == (1, [])
    assert left["HasOptedOutOfEmail"] is True
    assert left["Website"] == "https://weber.example"
    assert left["FirstName"] == "Anna"
    assert operator.org.call("GET", f"sobjects/Lead/{second}").status_code == 404
    assert operator.org.read("Task", task)["WhoId"] == first
    undo = (operator.folder / UNDO).read_text()
    assert second in undo
    assert task in undo


def test_a_rehearsal_changes_nothing(operator: Operator) -> None:
    """With --dry-run the merge is shown, and both records are still there."""
    first, second = twice(operator)
    operator.find()

    shown = operator.merge("--dry-run")

    assert [each["main"] for each in shown["merges"]] == [first]
    assert operator.org.read("Lead", second)["LastName"] == "Mueller"
    assert not (operator.folder / UNDO).exists()


def test_a_second_merge_has_nothing_left_to_do(operator: Operator) -> None:
    """To repeat a merge does no harm."""
    twice(operator)
    operator.find()
    operator.merge()

    assert operator.merge()["groups"] == 0


def test_an_open_opportunity_holds_a_merge_back_until_it_is_allowed(operator: Operator) -> None:
    """Whose opportunity would move is asked first."""
    account = operator.org.create("Account", Name="Weber Presswerk GmbH")
    told = {key: value for key, value in ANNA.items() if key not in ("Company", "PostalCode")}
    kept = operator.org.create("Contact", **told, AccountId=account, Title="Head of Purchasing")
    other = operator.org.create("Contact", **told, AccountId=account)
    deal = {"Name": "Press line", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    opportunity = operator.org.create("Opportunity", **deal, AccountId=account)
    operator.org.create("OpportunityContactRole", OpportunityId=opportunity, ContactId=other)
    operator.find()

    held = operator.merge()

    assert [each["main"] for each in held["held_back"]] == [kept]
    assert held["records"] == 0
    assert operator.merge("--allow", "open-opportunity")["records"] == 1


def test_a_lead_who_is_a_contact_already_is_to_be_converted(operator: Operator) -> None:
    """A Lead and a Contact cannot be merged on the platform: the Lead is named for its conversion."""
    account = operator.org.create("Account", Name="Weber Presswerk GmbH")
    told = {key: value for key, value in ANNA.items() if key not in ("Company", "PostalCode")}
    contact = operator.org.create("Contact", **told, AccountId=account)
    lead = operator.org.create("Lead", **ANNA)
    operator.find()

    done = operator.merge()

    assert done["conversions"] == [{"lead": lead, "contact": contact}]
    assert done["records"] == 0


def test_accounts_are_found_by_name_and_domain(operator: Operator) -> None:
    """Two spellings of one company's name with one web domain are one Account."""
    told = {"Website": "https://www.weber-presswerk.de/en", "Phone": "0711 12345600"}
    operator.org.create("Account", Name="Weber Presswerk GmbH & Co. KG", **told)
    operator.org.create("Account", Name="Weber-Presswerk", Website="weber-presswerk.de")

    assert operator.find()["pairs"] == 1


def test_decisions_are_written_down(operator: Operator) -> None:
    """A decision of the review stands in the file, and what is different is not merged."""
    twice(operator)
    operator.find()

    counts = operator.run("review", str(operator.folder), "--decide", "1=different")

    assert (counts["same"], counts["different"]) == (0, 1)
    assert [each.decision for each in pairs_of(operator)] == ["different"]
    assert operator.merge()["groups"] == 0


def test_pairs_are_asked_about_side_by_side(operator: Operator) -> None:
    """Whoever reviews sees both records and what speaks for one; the answer is kept at once."""
    twice(operator)
    operator.find()

    done = CliRunner().invoke(app, ["review", str(operator.folder), "--all"], input="different\n")

    assert "Weber Presswerk GmbH" in done.output
    assert "email: same" in done.output
    assert [each.decision for each in pairs_of(operator)] == ["different"]


def test_a_changed_cell_is_refused_with_its_line(operator: Operator) -> None:
    """Only decisions may be edited: a spreadsheet that changes a name is found out."""
    twice(operator)
    operator.find()
    file = operator.folder / PAIRS
    file.write_text(file.read_text(encoding="utf-8-sig").replace("Weber", "Veber"), encoding="utf-8-sig")

    with pytest.raises(Rejected, match=r"pairs\.csv, line 2: a cell other than decision was changed"):
        operator.merge()


def test_another_orgs_search_is_refused(operator: Operator) -> None:
    """What was found in one org is not merged in another."""
    twice(operator)
    operator.find()
    manifest = operator.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(operator.org.org.organization_id, "00D000000000999"))

    with pytest.raises(Rejected, match="is of org 00D000000000999"):
        operator.merge()

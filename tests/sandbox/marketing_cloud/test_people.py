"""The data extension of people has the columns that the playbook syncs."""

from smarketing.sandbox.marketing_cloud.people import PEOPLE, people_extension


def test_the_columns_are_those_of_the_playbook() -> None:
    columns = {each["name"]: each for each in people_extension(None)[PEOPLE]}

    assert columns["SubscriberKey"]["primary"]
    assert columns["Email"]["type"] == "EmailAddress"
    assert columns["OptInProductNews"]["type"] == "Boolean"
    # Account Engagement alone holds it.
    assert "Department" not in columns

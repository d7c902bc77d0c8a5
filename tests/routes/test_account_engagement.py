"""POST /account-engagement/activities: rows of Account Engagement's API version 5, forwarded and signed."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.instant import parse_instant
from tests.routes.conftest import NOW, FrontDoor

PATH = "/account-engagement/activities"
SHARED = Path(os.environ.get("SMARKETING_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def activity(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": 1520152562,
        "type": number,
        "typeName": "Form",
        "prospectId": 395861995,
        "createdAt": "2026-09-20T03:24:17-04:00",
    } | fields


def prospect(**fields: Any) -> dict[str, Any]:
    return {
        "id": 395861995,
        "email": "Ada@Example.com",
        "firstName": "Ada",
        "company": "Analytical Engines",
        "optedOut": False,
        "isDoNotEmail": False,
        "updatedAt": "2026-09-21T03:00:00-04:00",
    } | fields


def kinds(door: FrontDoor) -> list[str]:
    return [each.kind for each in door.queue.engagements]


class TestActivities:
    @pytest.mark.parametrize(
        ("number", "asset", "kind"),
        [
            (1, "customRedirectId", "link_clicked"),
            (1, "fileId", "file_downloaded"),
            (1, "listEmailId", "email_clicked"),
            (2, "visitorPageViewId", "page_viewed"),
            (2, "landingPageId", "page_viewed"),
            (2, "fileId", "file_downloaded"),
            (2, "videoId", "video_viewed"),
            (3, "formId", "form_failed"),
            (4, "formId", "form_submitted"),
            (4, "formHandlerId", "form_submitted"),
            (4, "landingPageId", "landing_page_submitted"),
            (5, "visitId", "session_visited"),
            (6, "listEmailId", "email_sent"),
            (7, "siteSearchQueryId", "site_searched"),
            (8, "opportunityId", "opportunity_opened"),
            (9, "opportunityId", "opportunity_won"),
            (10, "opportunityId", "opportunity_lost"),
            (11, "emailId", "email_opened"),
            (12, "emailId", "email_unsubscribed"),
            (13, "emailId", "email_bounced"),
            (14, "emailId", "spam_complained"),
            (16, "emailId", "opted_in"),
            (17, "customRedirectId", "link_clicked"),
            (18, "opportunityId", "opportunity_reopened"),
            (19, "opportunityId", "opportunity_linked"),
            (20, "visitId", "session_visited"),
            (21, "customRedirectId", "link_clicked"),
            (22, "id", "chat_held"),
            (23, "id", "webinar_invited"),
            (24, "id", "webinar_attended"),
            (25, "id", "webinar_registered"),
            (26, "id", "social_clicked"),
            (27, "videoId", "video_viewed"),
            (28, "id", "event_registered"),
            (29, "id", "event_attended"),
            (34, "videoId", "video_viewed"),
            (38, "opportunityId", "opportunity_unlinked"),
        ],
    )
    def test_type_and_asset_decide_the_kind(
        self, door: FrontDoor, number: int, asset: str, kind: str
    ) -> None:
        door.signed(PATH, {"visitorActivities": [activity(number, **{asset: 7})]})

        assert kinds(door) == [kind]

    @pytest.mark.parametrize("number", [31, 32, 35, 36, 37])
    def test_a_type_without_a_word_is_ignored(self, door: FrontDoor, number: int) -> None:
        answer = door.signed(PATH, {"visitorActivities": [activity(number)]})

        assert answer.json_body["ignored"] == 1

    def test_every_kind_is_one_that_the_playbook_knows(self) -> None:
        from chalicelib.gateways.account_engagement.activity_types import kind_of

        told = {kind_of({"type": number}) for number in range(1, 39)}

        assert told - {None} <= set(_VOCABULARY)

    def test_the_time_counts_with_its_offset(self, door: FrontDoor) -> None:
        door.signed(PATH, {"visitorActivities": [activity(4)]})

        assert door.queue.engagements[0].occurred_at == parse_instant("2026-09-20T07:24:17Z")

    def test_a_visitor_who_is_no_prospect_tells_of_nobody(self, door: FrontDoor) -> None:
        answer = door.signed(PATH, {"visitorActivities": [activity(2, prospectId=None)]})

        assert answer.json_body == {"accepted": 0, "refused": 0, "ignored": 1, "problems": []}

    def test_the_same_activity_has_the_same_id(self, door: FrontDoor) -> None:
        door.signed(PATH, {"visitorActivities": [activity(4), activity(4, details="again")]})

        first, second = door.queue.engagements
        assert first.id == second.id

    def test_details_that_are_a_link_are_the_url(self, door: FrontDoor) -> None:
        door.signed(PATH, {"visitorActivities": [activity(2, details="https://example.com/lasers")]})

        assert door.queue.engagements[0].attributes["url"] == "https://example.com/lasers"


class TestProspects:
    def test_a_row_in_the_same_body_tells_the_other_keys_and_the_profile(self, door: FrontDoor) -> None:
        row = prospect(salesforceContactId="0035g00000AbCdEEAV")

        answer = door.signed(PATH, {"visitorActivities": [activity(4)], "prospects": [row]})

        assert answer.json_body == {"accepted": 1, "refused": 0, "ignored": 0, "problems": []}
        engagement = door.queue.engagements[0]
        assert engagement.keys == (
            PersonKey("prospect", "395861995"),
            PersonKey("email", "ada@example.com"),
            PersonKey("contact", "0035g00000AbCdE"),
        )
        assert engagement.profile == {"first_name": "Ada", "company": "Analytical Engines"}

    def test_a_row_alone_is_a_change_of_its_own(self, door: FrontDoor) -> None:
        door.signed(PATH, {"prospects": [prospect()]})

        assert kinds(door) == ["record_changed"]
        assert door.queue.engagements[0].consents == ()

    @pytest.mark.parametrize("switch", ["optedOut", "isDoNotEmail"])
    def test_an_opt_out_is_told_at_its_own_time(self, door: FrontDoor, switch: str) -> None:
        row = prospect(**{switch: True})

        door.signed(PATH, {"visitorActivities": [activity(4)], "prospects": [row]})

        submitted, withdrawn = door.queue.engagements
        assert submitted.consents == ()
        assert withdrawn.kind == "opted_out"
        assert withdrawn.occurred_at == parse_instant("2026-09-21T07:00:00Z")
        assert withdrawn.consents == (withdrawal(),)

    def test_who_must_not_be_called_has_withdrawn_that_alone(self, door: FrontDoor) -> None:
        door.signed(PATH, {"prospects": [prospect(isDoNotCall=True)]})

        [told] = door.queue.engagements
        assert (told.kind, told.consents) == ("record_changed", (withdrawal("phone"),))

    def test_a_resubscription_grants_nothing(self, door: FrontDoor) -> None:
        door.signed(PATH, {"visitorActivities": [activity(16)], "prospects": [prospect()]})

        assert door.queue.engagements[0].consents == ()

    @pytest.mark.parametrize("number", [12, 14])
    def test_unsubscribing_and_complaining_withdraw(self, door: FrontDoor, number: int) -> None:
        door.signed(PATH, {"visitorActivities": [activity(number)]})

        assert door.queue.engagements[0].consents == (withdrawal(),)


class TestBodies:
    def test_a_malformed_row_costs_no_other(self, door: FrontDoor) -> None:
        rows = [activity(4), activity(99), activity(4, createdAt="2026-09-20"), "row", activity(4, id=None)]

        answer = door.signed(PATH, {"visitorActivities": rows, "prospects": [prospect(), 7]})

        assert answer.status_code == 200
        assert answer.json_body["accepted"] == 1
        assert [problem.partition(": ")[0] for problem in answer.json_body["problems"]] == [
            "visitorActivities[1].type",
            "visitorActivities[2].createdAt",
            "visitorActivities[3].row",
            "visitorActivities[4].id",
            "prospects[1].row",
        ]
        assert len(door.queue.unreadable) == 5

    def test_a_request_without_one_good_row_is_400_and_stays_with_its_sender(self, door: FrontDoor) -> None:
        answer = door.signed(PATH, {"visitorActivities": [activity(99)]})

        assert answer.status_code == 400
        assert answer.json_body["Message"].startswith("visitorActivities[0].type: ")
        assert door.queue.bodies == []

    @pytest.mark.parametrize(
        "body", [b"[]", b"{}", b"null", b'{"visitorActivities": {}}', b'{"prospects": 1}']
    )
    def test_another_form_is_400(self, door: FrontDoor, body: bytes) -> None:
        assert door.signed(PATH, body).status_code == 400

    def test_an_unsigned_request_is_401(self, door: FrontDoor) -> None:
        answer = door.post(PATH, {"visitorActivities": []}, {"Content-Type": "application/json"})

        assert answer.status_code == 401


class TestRealRows:
    @pytest.mark.skipif(
        not (SHARED / "pardot").is_dir(), reason="no folder of shared data: set SMARKETING_SHARED_DATA"
    )
    def test_exported_activities_are_all_read(self, door: FrontDoor) -> None:
        with (SHARED / "pardot" / "pardot_visitor_activity_data.csv").open(encoding="utf-8") as file:
            rows = [
                activity(
                    int(row["type"]),
                    id=int(row["id"]),
                    createdAt=row["created_at"],
                    prospectId=row["prospect_id"] or None,
                )
                for row in csv.DictReader(file)
            ]
        door.now = NOW

        answer = door.signed(PATH, {"visitorActivities": rows})

        assert answer.json_body["refused"] == 0
        assert answer.json_body["accepted"] + answer.json_body["ignored"] == len(rows)
        assert answer.json_body["accepted"] > 50

    @pytest.mark.skipif(
        not (SHARED / "wire").is_dir(), reason="no folder of shared data: set SMARKETING_SHARED_DATA"
    )
    def test_prospects_as_the_api_answers_them_are_read(self, door: FrontDoor) -> None:
        page = json.loads((SHARED / "wire/pardot/read/prospects.json").read_text(encoding="utf-8"))

        door.signed(PATH, {"prospects": page["values"]})

        assert [each.profile["last_name"] for each in door.queue.engagements] == [
            "Alexander",
            "Spider",
            "Burke",
        ]


_VOCABULARY = """
email_sent email_not_sent email_bounced email_opened email_clicked email_unsubscribed spam_complained
form_submitted form_failed landing_page_submitted page_viewed session_visited site_searched file_downloaded
link_clicked social_clicked video_viewed webinar_invited webinar_registered webinar_attended event_registered
event_attended chat_held opportunity_opened opportunity_won opportunity_lost opportunity_reopened
opportunity_linked opportunity_unlinked support_case_opened opted_in opted_out
""".split()

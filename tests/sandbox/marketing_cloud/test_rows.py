"""Rows of the emulated account: what it takes, what it refuses, how it gives them back."""

from typing import Any

import pytest

from chalicelib.domain.instant import MINUTE
from tests.sandbox.marketing_cloud.conftest import Caller

ROWSET = "/hub/v1/dataevents/key:people/rowset"
ASYNC = "/data/v1/async/dataextensions/key:people/rows"
READ = "/data/v1/customobjectdata/key/people/rowset"


def row(key: str, **values: Any) -> dict[str, Any]:
    return {"keys": {"Key": key}, "values": {"Email": "a@example.com", **values}}


class TestAtOnce:
    def test_rows_come_back_as_they_were_sent(self, caller: Caller) -> None:
        sent = [row("1", Score=7, OptIn=True)]

        answer = caller.call("POST", ROWSET, sent)

        assert (answer.status_code, answer.json()) == (200, sent)
        assert caller.rows() == [{"Key": "1", "Email": "a@example.com", "Score": "7", "OptIn": "True"}]

    @pytest.mark.parametrize(
        ("values", "named"),
        [
            ({"Email": "nobody"}, "Email"),
            ({"Score": "many"}, "Score"),
            ({"OptIn": "perhaps"}, "OptIn"),
            ({"Nowhere": "1"}, "Nowhere"),
            ({"Email": ""}, "Email"),
        ],
    )
    def test_a_value_that_does_not_fit_stops_all_and_its_column_is_named(
        self, caller: Caller, values: dict[str, Any], named: str
    ) -> None:
        answer = caller.call("POST", ROWSET, [row("1"), row("2", **values)])

        assert answer.status_code == 400
        assert answer.json()["errorcode"] == 10006
        assert named in answer.json()["additionalErrors"][0]["message"]
        assert caller.rows() == []

    def test_a_required_column_may_be_left_out_of_an_update_only(self, caller: Caller) -> None:
        bare = {"keys": {"Key": "1"}, "values": {"Score": 1}}

        assert caller.call("POST", ROWSET, [bare]).status_code == 400
        caller.call("POST", ROWSET, [row("1")])

        assert caller.call("POST", ROWSET, [bare]).status_code == 200

    def test_a_key_that_is_too_long_or_missing_is_refused(self, caller: Caller) -> None:
        assert caller.call("POST", ROWSET, [row("123456")]).status_code == 400
        assert caller.call("POST", ROWSET, [{"values": {"Email": "a@example.com"}}]).status_code == 400

    def test_columns_are_known_in_any_case(self, caller: Caller) -> None:
        caller.call("POST", ROWSET, [{"keys": {"key": "1"}, "values": {"EMAIL": "a@example.com"}}])

        assert caller.rows()[0]["Email"] == "a@example.com"


class TestByRequest:
    def request(self, caller: Caller, items: list[dict[str, Any]], method: str = "PUT") -> str:
        answer = caller.call(method, ASYNC, {"items": items})
        assert answer.status_code == 202
        return str(answer.json()["requestId"])

    def state(self, caller: Caller, request: str) -> dict[str, Any]:
        status: dict[str, Any] = caller.call("GET", f"/data/v1/async/{request}/status").json()["status"]
        return status

    def test_a_request_stays_pending_for_some_looks_and_writes_nothing_before(self, caller: Caller) -> None:
        caller.control("POST", "limits", {"pending_polls": 2})
        request = self.request(caller, [{"Key": "1", "Email": "a@example.com"}])

        looks = [self.state(caller, request)["requestStatus"] for _ in range(2)]
        before = caller.rows()
        done = self.state(caller, request)

        assert (looks, before) == (["Pending", "Pending"], [])
        assert (done["requestStatus"], done["hasErrors"], done["resultStatus"]) == ("Complete", False, "OK")
        assert len(caller.rows()) == 1

    def test_a_request_that_nobody_asks_for_is_worked_off_within_a_minute(self, caller: Caller) -> None:
        self.request(caller, [{"Key": "1", "Email": "a@example.com"}])

        caller.clock.advance(MINUTE)

        assert len(caller.rows()) == 1

    def test_results_tell_of_each_row_in_its_order_page_by_page(self, caller: Caller) -> None:
        caller.control("POST", "limits", {"pending_polls": 0})
        items = [{"Key": str(number), "Email": "a@example.com"} for number in range(60)]
        items[55]["Email"] = "nobody"
        request = self.request(caller, items)
        self.state(caller, request)

        second = caller.call("GET", f"/data/v1/async/{request}/results?$page=2").json()

        assert (second["page"], second["pageSize"], second["count"]) == (2, 50, 60)
        assert [each["status"] for each in second["items"]] == ["OK"] * 5 + ["Error"] + ["OK"] * 4

    def test_a_post_only_inserts(self, caller: Caller) -> None:
        caller.control("POST", "limits", {"pending_polls": 0})
        caller.call("POST", ROWSET, [row("1")])

        request = self.request(caller, [{"Key": "1", "Email": "b@example.com"}], method="POST")

        assert self.state(caller, request)["hasErrors"]
        assert caller.rows()[0]["Email"] == "a@example.com"

    def test_what_nobody_knows_is_told_in_a_200(self, caller: Caller) -> None:
        unknown = caller.call("GET", "/data/v1/async/nobody/results")
        nowhere = caller.call("PUT", "/data/v1/async/dataextensions/key:nowhere/rows", {"items": []})

        codes = [each.json()["resultMessages"][0]["resultCode"] for each in (unknown, nowhere)]
        assert (unknown.status_code, nowhere.status_code) == (200, 200)
        assert codes == ["AsyncRequestStatusNotFound", "CustomObjectNotFound"]


class TestReading:
    def test_100_000_rows_are_loaded_and_read(self, caller: Caller) -> None:
        rows = [{"Key": str(number), "Email": "a@example.com"} for number in range(100_000)]
        caller.control("POST", "data-extensions/people/rows", rows)

        page = caller.call("GET", f"{READ}?$page=1&$pageSize=2500").json()
        read = len(page["items"])
        while following := page["links"].get("next"):
            page = caller.call("GET", f"/data{following}").json()
            read += len(page["items"])

        assert (read, page["count"], page["page"]) == (100_000, 100_000, 40)

    @pytest.mark.parametrize("query", ["$pageSize=2501", "$pageSize=0", "$page=0", "$filter=Key eq '1'"])
    def test_a_parameter_that_makes_no_sense_or_is_not_emulated_is_refused(
        self, caller: Caller, query: str
    ) -> None:
        answer = caller.call("GET", f"{READ}?{query}")

        assert (answer.status_code, answer.json()["errorcode"]) == (400, 10001)


class TestSoap:
    def test_what_is_not_the_deletion_of_rows_is_a_fault(self, caller: Caller) -> None:
        import requests

        answer = requests.post(f"{caller.url}/Service.asmx", data="<a/>", timeout=10)

        assert answer.status_code == 500
        assert "Fault" in answer.text

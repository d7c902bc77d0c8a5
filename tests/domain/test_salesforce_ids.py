"""Record ids in 15 and 18 characters."""

import pytest

from chalicelib.domain.salesforce_ids import in_18
from chalicelib.errors import Rejected


@pytest.mark.parametrize("record_id", ["003xx000004TmiQ", "003xx000004TmiQAAS"])
def test_an_id_of_either_length_is_given_in_18_characters(record_id: str) -> None:
    assert in_18(record_id) == "003xx000004TmiQAAS"


def test_an_id_of_another_length_is_rejected() -> None:
    with pytest.raises(Rejected, match="15 or 18"):
        in_18("003")

"""The page about the lifecycle, docs/lifecycle.md, and its state diagram."""

from smarketing.lifecycle_page import lifecycle_page
from smarketing.playbook_files import read_playbook
from tests.documents import PROJECT


def test_the_page_is_what_the_command_writes() -> None:
    page = (PROJECT / "docs" / "lifecycle.md").read_text()

    assert page == lifecycle_page(read_playbook()), "run smarketing playbook lifecycle"


def test_the_diagram_has_every_step_of_the_playbook_and_no_other() -> None:
    playbook = read_playbook()
    first, *stages = playbook.lifecycle.stages

    drawn = {
        tuple(part.strip() for part in line.partition(":")[0].split("-->"))
        for line in lifecycle_page(playbook).splitlines()
        if line.startswith("    ") and "-->" in line and "[*]" not in line
    }

    assert drawn == {(stage.name, each) for stage in stages for each in stage.next}
    assert first.name not in {name for step in drawn for name in step}


def test_an_opportunitys_end_is_told_beside_the_step_that_it_makes() -> None:
    lines = lifecycle_page(read_playbook()).splitlines()

    assert "    opportunity --> customer: opportunity won" in lines
    assert "    opportunity --> rejected: opportunity lost" in lines
    assert "    mql --> rejected" in lines


def test_every_reason_says_when_what_is_reset_and_what_must_happen_first() -> None:
    page = lifecycle_page(read_playbook())

    assert (
        "| Chose a competitor (`competitor_chosen`) | 365d | only what is new counts for the gates | "
        "`quote_requested` or `demo_requested` or `callback_requested` or `sample_requested` |" in page
    )
    assert "| Not now (`not_now`) | 30d | nothing | nothing |" in page
    assert all(f"(`{each.name}`) |" in page for each in read_playbook().lifecycle.reasons)

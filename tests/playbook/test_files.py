"""A playbook's files: YAML as editors read it, mistakes with their lines."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from chalicelib.errors import Rejected
from chalicelib.playbook.source import SECTIONS
from smarketing.playbook_files import WrongPlaybook, default_folder, read_playbook
from tests.playbook.small import small_playbook, source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small playbook as files."""
    for section, content in small_playbook().items():
        (tmp_path / f"{section}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return tmp_path


def mistakes(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WrongPlaybook) as wrong:
        read_playbook(folder)
    return str(wrong.value).splitlines()


def test_the_files_are_read_as_one_playbook(folder: Path) -> None:
    assert read_playbook(folder) == source()


def test_without_a_folder_the_default_playbook_is_read() -> None:
    assert read_playbook() == read_playbook(default_folder())


def test_a_folder_that_is_not_there_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"nowhere is no folder; name the one that holds scoring\.yaml$"):
        read_playbook(tmp_path / "nowhere")


def test_a_mistake_names_the_line_of_its_key(folder: Path) -> None:
    purposes = """\
# A comment.
- name: news
  label: {en: News, de: Neues}
  contactable: true

- name: letters
  label:
    en: Letters
  contactable: perhaps
"""

    assert mistakes(folder, {"purposes.yaml": purposes}) == [
        "purposes.yaml:7: [1].label.de: missing; add it",
        "purposes.yaml:9: [1].contactable: write true or false",
    ]


def test_a_file_that_is_missing_is_named_and_the_others_are_checked(folder: Path) -> None:
    (folder / "glossary.yaml").unlink()

    assert mistakes(folder, {"touchpoints.yaml": "backfill: 0"}) == [
        "glossary.yaml: missing; add the file",
        "touchpoints.yaml:1: backfill: must be 1 or more",
    ]


def test_all_keys_that_are_given_twice_are_told(folder: Path) -> None:
    assert mistakes(folder, {"touchpoints.yaml": "backfill: 1\nbackfill: 2\nbackfill: 3\n"}) == [
        "touchpoints.yaml:2: backfill: given twice; remove one",
        "touchpoints.yaml:3: backfill: given twice; remove one",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "touchpoints.yaml: is empty; fill it or copy the default's"),
        ("# only this", "touchpoints.yaml: is empty; fill it or copy the default's"),
        ("backfill: 'x", "touchpoints.yaml:1: no YAML: found unexpected end of stream; mend it there"),
        ("a: 1\n b: 2", "touchpoints.yaml:2: no YAML: mapping values are not allowed here; mend it there"),
        ("a: 1\n---\nb: 2", "touchpoints.yaml:2: no YAML: but found another document; mend it there"),
        (
            "a: !x y",
            "touchpoints.yaml:1: no YAML: could not determine a constructor for the tag '!x'; mend it there",
        ),
        ("? [a, b]\n: 1", "touchpoints.yaml:1: no YAML: found unhashable key; mend it there"),
        ("a: \x01", "touchpoints.yaml: no YAML: special characters are not allowed; mend it there"),
        (b"backfill: \xff", "touchpoints.yaml: is not UTF-8; save it as UTF-8"),
        ("[" * 3_000, "touchpoints.yaml: is nested too deeply; write it flatter"),
        ("7: 1\nbackfill: 1", "touchpoints.yaml:1: [7]: is no key; write a word"),
        ("null", "touchpoints.yaml:1: write keys and values"),
        ("backfill: !!int ten", "touchpoints.yaml: no YAML: a value has no such form; mend it there"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    folder: Path, content: str | bytes, message: str
) -> None:
    assert mistakes(folder, {"touchpoints.yaml": content}) == [message]


LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{number}: &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 40)
)


@pytest.mark.parametrize("content", ["&all\n- *all\n", LAUGHS], ids=["itself", "laughs"])
def test_references_that_never_end_are_refused(folder: Path, content: str) -> None:
    assert mistakes(folder, {"glossary.yaml": content}) == [
        "glossary.yaml: has more than 100,000 values or contains itself; write it out"
    ]


@pytest.mark.parametrize("name", ["scoring.yml", "scorings.yaml"])
def test_a_file_that_nobody_would_read_is_told(folder: Path, name: str) -> None:
    assert mistakes(folder, {name: ""}) == [
        f"{name}: {name!r} is no playbook file; did you mean 'scoring.yaml'?"
    ]


def test_words_are_words_as_in_yaml_1_2(folder: Path) -> None:
    countries = "[NO, on, yes, 2026-01-01, 1_000, 12:30]"
    exclusions = f"""\
- name: abroad
  label: {{en: Abroad, de: Ausland}}
  where: [{{field: country, operator: in, value: {countries}}}]
"""
    (folder / "exclusions.yaml").write_text(exclusions)

    assert read_playbook(folder).exclusions[0].where[0].value == [
        "NO",
        "on",
        "yes",
        "2026-01-01",
        "1_000",
        "12:30",
    ]


def test_numbers_and_truth_values_are_those_of_yaml_1_2(folder: Path) -> None:
    value = "[010, -3, 1.5, 1e3, .5, true, False, 'true']"
    (folder / "exclusions.yaml").write_text(
        "- {name: any, label: {en: A, de: B}, where: [{field: city, operator: in, value: " + value + "}]}"
    )

    assert read_playbook(folder).exclusions[0].where[0].value == [
        10,
        -3,
        1.5,
        1000.0,
        0.5,
        True,
        False,
        "true",
    ]


def test_parts_may_be_shared_by_anchors(folder: Path) -> None:
    (folder / "purposes.yaml").write_text(
        "- &news {name: news, label: {en: News, de: Neues}, contactable: true}\n"
        "- {<<: *news, name: more, label: {en: More, de: Mehr}}\n"
    )
    consent = (folder / "consent.yaml").read_text()
    wording = yaml.safe_load(consent)["wordings"][0]
    more = yaml.safe_load(consent) | {"wordings": [wording, wording | {"purpose": "more"}]}
    (folder / "consent.yaml").write_text(yaml.safe_dump(more))

    assert read_playbook(folder).purposes[1].contactable


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    (folder / "touchpoints.yaml").write_text("\ufeffbackfill: 10\n", encoding="utf-8")

    assert read_playbook(folder).touchpoints.backfill == 10


def test_an_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {}) == [
        f"{section}.yaml: missing; add the file" for section in sorted(SECTIONS)
    ]

"""Files against the schema of the Metadata API."""

import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from smarketing.metadata.checks.document import Document, read_document
from smarketing.metadata.project import default_root, read_project
from smarketing.metadata.schema import Misfit, misfits
from smarketing.metadata.xml import NAMESPACE, parse


def found_in(body: str, kind: str = "ListView") -> list[Misfit]:
    """Check a file whose root stands in line 1, and each of whose elements has a line."""
    text = f'<{kind} xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{body}\n</{kind}>'
    return list(misfits(parse(text.encode(), "a file"), kind))


@cache
def documents() -> tuple[Document, ...]:
    return tuple(read_document(file) for file in read_project(default_root()).files)


def test_elements_may_come_in_any_order() -> None:
    assert (
        found_in("<label>All</label>\n<filterScope>Everything</filterScope>\n<fullName>All</fullName>") == []
    )


def test_a_missing_element_is_named_with_its_parent_s_line() -> None:
    filters = "<filters>\n<field>NAME</field>\n</filters>"
    body = f"<filterScope>Everything</filterScope>\n<label>All</label>\n{filters}"
    assert found_in(body) == [Misfit(4, "<filters> has no <operation>; add it")]


def test_each_unknown_element_is_named_when_there_are_several() -> None:
    body = "<lable>All</lable>\n<label>All</label>\n<filterScope>Everything</filterScope>\n<sort>up</sort>"
    assert found_in(body) == [
        Misfit(2, "unknown element <lable> in ListView; did you mean <label>?"),
        Misfit(5, "unknown element <sort> in ListView; remove it"),
    ]


def test_an_element_of_another_namespace_is_unknown() -> None:
    body = '<label xmlns="urn:other">All</label>\n<filterScope>Everything</filterScope>'
    assert [each.line for each in found_in(body)] == [2, 1]


def test_an_element_that_may_come_once_is_named_when_it_comes_twice() -> None:
    body = "<label>All</label>\n<filterScope>Everything</filterScope>\n<label>Every</label>"
    assert found_in(body) == [Misfit(4, "<label> a second time, after line 2; remove one")]


def test_an_element_may_be_nil_where_the_api_says_so() -> None:
    body = (
        "<matchRuleSObjectType>Lead</matchRuleSObjectType>\n<matchingRule>Like</matchingRule>\n"
        '<objectMapping xsi:nil="true"/>'
    )
    assert found_in(body, "DuplicateRuleMatchRule") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<filterScope>Nothing</filterScope>", "<filterScope> is 'Nothing'; use one of Everything, Mine"),
        ("<filterScope>Everthing</filterScope>", "<filterScope> is 'Everthing'; did you mean Everything?"),
    ],
)
def test_a_value_that_is_none_of_those_allowed_is_named(body: str, message: str) -> None:
    [misfit] = found_in(f"{body}\n<label>All</label>")
    assert misfit.line == 2
    assert misfit.message.startswith(message)


def test_a_file_with_another_root_is_refused_whole() -> None:
    root = parse(f'<CustomTab xmlns="{NAMESPACE}"/>'.encode(), "a file")
    [misfit] = misfits(root, "ListView")
    assert misfit.message.startswith("<CustomTab> where <ListView>")


def test_the_file_is_left_as_it_was() -> None:
    root = parse(f'<ListView xmlns="{NAMESPACE}"><lable/></ListView>'.encode(), "a file")
    before = etree.tostring(root)
    assert list(misfits(root, "ListView"))
    assert etree.tostring(root) == before


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_no_file_of_the_project_loses_its_sense_when_its_elements_are_shuffled(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(documents()), label="file")
    root = deepcopy(document.root)
    root[:] = data.draw(st.permutations(list(root)), label="elements")
    assert list(misfits(root, document.type)) == []


def test_the_schema_needs_no_import_of_the_client(tmp_path: Path) -> None:
    """Importing simple-salesforce takes half a second; the place of its WSDL is found without."""
    program = (
        "import sys; from lxml import etree; from smarketing.metadata.schema import misfits;"
        f"list(misfits(etree.fromstring('<CustomTab xmlns=\"{NAMESPACE}\"/>'), 'CustomTab'));"
        "sys.exit('simple_salesforce' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=tmp_path).returncode == 0

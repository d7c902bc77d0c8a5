"""A CloudFormation template, as tests ask it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """A template after SAM's transformation: only resources that CloudFormation itself knows."""

    body: dict[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Properties]:
        """Give the properties of all resources of a type, by logical id."""
        resources = self.body["Resources"]
        return {
            name: each.get("Properties", {})
            for name, each in resources.items()
            if each["Type"] == resource_type
        }

    def properties(self, name: str) -> Properties:
        """Give the properties of one resource."""
        return self.body["Resources"][name]["Properties"]

    @property
    def functions(self) -> dict[str, Properties]:
        return self.of_type("AWS::Lambda::Function")

    @property
    def queues(self) -> dict[str, Properties]:
        return self.of_type("AWS::SQS::Queue")

    @property
    def queue_sources(self) -> Iterator[tuple[Properties, Properties, Properties]]:
        """Give source, queue and function wherever a function empties a queue."""
        for source in self.of_type("AWS::Lambda::EventSourceMapping").values():
            queue = referred(source["EventSourceArn"])
            if queue in self.queues:
                yield source, self.queues[queue], self.functions[referred(source["FunctionName"])]

    def statements(self, function: str) -> list[dict[str, Any]]:
        """Give what a function's role allows."""
        role = self.properties(referred(self.functions[function]["Role"]))
        return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def referred(value: Any) -> str:
    """Give the logical id that a Ref, GetAtt or Sub names; "" where it names none."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::Sub": str(text)}:
            found = re.match(r"\$\{(\w+)", text)
            return found[1] if found else ""
        case {"Fn::If": [_, where_it_holds, _]}:
            return referred(where_it_holds)
    return ""


def listed(value: Any) -> list[Any]:
    """Give a list, where IAM takes one value or several."""
    return value if isinstance(value, list) else [value]

"""Persons and their history in the table."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.domain.change import Change
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.interest import Interest, InterestId, PersonId
from chalicelib.domain.ledger import Entry, Head
from chalicelib.domain.person import Person
from chalicelib.domain.step import Step
from chalicelib.errors import Rejected
from chalicelib.gateways.store.calls import (
    CONDITION_FAILED,
    MOST_WRITES,
    batch_get,
    call,
    query,
    scan,
    transact,
)
from chalicelib.gateways.store.items import (
    Item,
    command_item,
    engagement_item,
    engagement_key,
    engagement_of,
    head_of,
    interest_item,
    interest_key,
    interest_of,
    key_of,
    outbox_key,
    partition,
    person_of,
    redirect_item,
    state_item,
    state_key,
)
from chalicelib.gateways.store.ledger_items import PREFIX as LEDGER
from chalicelib.gateways.store.ledger_items import entry_item, entry_of
from chalicelib.gateways.store.step_items import PREFIX as STEPS
from chalicelib.gateways.store.step_items import step_item, step_of
from chalicelib.gateways.store.table import ERASING, STATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Outcome = Literal["recorded", "duplicate", "conflict"]
"""Of a commit. A duplicate was recorded before; after a conflict, read again and decide again."""

MOST_CHECKS = 50
"""How many of a transaction's writes may go to seeing that no absorbed person has the engagement already."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of the consent ledger, in its order, and the end that the state it belongs to names."""

    person: PersonId
    entries: tuple[Entry, ...]
    head: Head | None


_NEW = "attribute_not_exists(pk)"


class Persons:
    """Reads and writes persons; every change is one transaction."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def find(self, keys: Iterable[PersonKey]) -> dict[PersonKey, PersonId]:
        """Find who the keys belong to; a person may have been absorbed by another since."""
        by_key = {key_of(key)["pk"]["S"]: key for key in keys}
        items = batch_get(self._client, self._table, [key_of(key) for key in by_key.values()])
        return {by_key[item["pk"]["S"]]: PersonId(item["person"]["S"]) for item in items}

    def load(self, persons: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now; nobody who is erased."""
        asked = {person: person for person in persons}
        found: dict[PersonId, Person] = {}
        open_ids = set(asked.values())
        while open_ids:
            items = batch_get(self._client, self._table, [state_key(each) for each in sorted(open_ids)])
            moved: dict[PersonId, PersonId] = {}
            for item in items:
                person = PersonId(item["pk"]["S"].removeprefix("PERSON#"))
                if "merged_into" in item:
                    moved[person] = PersonId(item["merged_into"]["S"])
                elif ERASING not in item:
                    found[person] = person_of(item)
            asked = {first: moved.get(now, now) for first, now in asked.items()}
            open_ids = set(moved.values()) - found.keys()
        return {first: found[now] for first, now in asked.items() if now in found}

    def keys(self, person: PersonId) -> Collection[PersonKey]:
        """Give the keys that a person is known under.

        Raises:
            Rejected: there is no such person.
        """
        loaded = self.load([person])
        if person not in loaded:
            raise Rejected("person: not in the store")
        return loaded[person].keys

    def everyone(self) -> Iterator[PersonId]:
        """List all persons. Reads the whole table: for a new playbook, not for functions."""
        for item in scan(
            self._client,
            TableName=self._table,
            FilterExpression="sk = :state AND attribute_not_exists(merged_into) "
            f"AND attribute_not_exists({ERASING})",
            ExpressionAttributeValues={":state": {"S": STATE}},
        ):
            yield PersonId(item["pk"]["S"].removeprefix("PERSON#"))

    def history(self, person: Person) -> list[Engagement]:
        """Read all engagements of a person and of whom they absorbed, each partition in its order."""
        return [
            engagement_of(item)
            for part in (person.id, *person.absorbed)
            for item in self._range(part, "ENGAGEMENT#")
        ]

    def interest(self, interest: InterestId) -> Interest:
        """Read an interest.

        Raises:
            Rejected: there is no such interest.
        """
        answer = call(
            self._client.get_item, TableName=self._table, Key=interest_key(interest), ConsistentRead=True
        )
        if "Item" not in answer:
            raise Rejected("interest: not in the store")
        return interest_of(answer["Item"])

    def interests(self, person: Person) -> list[Interest]:
        """Read all interests that a person ever had."""
        return [
            interest_of(item)
            for part in (person.id, *person.absorbed)
            for item in self._range(part, "INTEREST#")
        ]

    def steps(self, person: Person) -> list[Step]:
        """Read all steps that a person's interests took or were refused, each interest's by time."""
        return [step_of(item) for part in (person.id, *person.absorbed) for item in self._range(part, STEPS)]

    def consents(self, person: Person) -> list[Entry]:
        """Read the consent ledger of a person and of whom they absorbed, each chain in its order."""
        return [entry for chain in self.chains(person) for entry in chain.entries]

    def chains(self, person: Person) -> list[Chain]:
        """Read the chains of a person's consent ledger, their own and those of whom they absorbed."""
        return [
            Chain(
                part,
                tuple(entry_of(item) for item in self._range(part, LEDGER)),
                person.ledger if part == person.id else self._head(part),
            )
            for part in (person.id, *person.absorbed)
        ]

    def _head(self, absorbed: PersonId) -> Head | None:
        answer = call(
            self._client.get_item, TableName=self._table, Key=state_key(absorbed), ConsistentRead=True
        )
        return head_of(answer.get("Item", {}))

    def commit(self, change: Change) -> Outcome:
        """Write a change in one transaction, or nothing of it.

        Raises:
            Rejected: it is too large for an item or a transaction.
            Retryable, Misconfigured: DynamoDB did not take it.
        """
        if change.engagement and self._any_has(change.engagement, change.person.absorbed[MOST_CHECKS:]):
            return "duplicate"
        marks, rest = self._marks(change), self._writes(change)
        if len(marks) + len(rest) > MOST_WRITES:
            raise Rejected(f"engagement: needs {len(marks) + len(rest)} writes at once; send fewer keys")
        reasons = transact(self._client, [*marks, *rest])
        if CONDITION_FAILED in reasons[: len(marks)]:
            return "duplicate"
        return "conflict" if reasons else "recorded"

    def _any_has(self, engagement: Engagement, absorbed: Sequence[PersonId]) -> bool:
        """Look where a transaction has no room to look.

        It need not look: since a person was absorbed, their partition takes no more engagements.
        """
        keys = [engagement_key(person, engagement.id) for person in absorbed]
        return any(True for _ in batch_get(self._client, self._table, keys))

    def _marks(self, change: Change) -> list[Any]:
        """The engagement itself, which marks that it was recorded, here and nowhere among the absorbed."""
        engagement, person = change.engagement, change.person
        if engagement is None:
            return []
        return [
            self._put(engagement_item(person.id, engagement, change.refused), _NEW),
            *(
                {
                    "ConditionCheck": {
                        "TableName": self._table,
                        "Key": engagement_key(part, engagement.id),
                        "ConditionExpression": _NEW,
                    }
                }
                for part in person.absorbed[:MOST_CHECKS]
            ),
        ]

    def _writes(self, change: Change) -> list[Any]:
        person = change.person
        return [
            self._put_state(state_item(person), person.version - 1),
            *(self._put_state(redirect_item(each, person.id), each.version) for each in change.absorbed),
            *(self._put(key_of(key) | {"person": {"S": person.id}}, _NEW) for key in sorted(change.new_keys)),
            *(self._put(entry_item(each), _NEW) for each in change.entries),
            *(self._put(interest_item(each)) for each in change.interests),
            *(self._put(step_item(person.id, each)) for each in change.steps),
            *(self._put(command_item(each)) for each in change.commands),
            *(
                {"Delete": {"TableName": self._table, "Key": outbox_key(owner, key)}}
                for owner, key in change.superseded
            ),
        ]

    def _put(self, item: Item, condition: str | None = None) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": item}
        return {"Put": put if condition is None else put | {"ConditionExpression": condition}}

    def _put_state(self, item: Item, before: int) -> dict[str, Any]:
        """Write a state over the version that was read, 0 being none."""
        if before == 0:
            return self._put(item, _NEW)
        write = self._put(item, "version = :before")
        write["Put"]["ExpressionAttributeValues"] = {":before": {"N": str(before)}}
        return write

    def _range(self, person: PersonId, begin: str) -> Iterator[Item]:
        return query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begin)",
            ExpressionAttributeValues={":pk": {"S": partition(person)}, ":begin": {"S": begin}},
            ConsistentRead=True,
        )

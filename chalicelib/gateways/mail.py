"""Mails through Amazon SES (API v2, SendEmail)."""

from typing import TYPE_CHECKING

from chalicelib.domain.confirmation_mail import Mail
from chalicelib.errors import Misconfigured, Rejected, Retryable

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_CONFIGURATION = frozenset(
    {
        "AccessDeniedException",
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "UnrecognizedClientException",
    }
)
_REFUSED = frozenset({"BadRequestException", "MessageRejected"})
"""Error codes: SES API v2 reference, SendEmail, "Errors"; the rest is worth another try."""


class Mailer:
    """Sends mails in the name of one sender."""

    def __init__(self, client: "SESV2Client", sender: str) -> None:
        """Send from an address, or `Name <address>`, that SES has verified."""
        self._client = client
        self._sender = sender

    def send(self, mail: Mail) -> str:
        """Send a mail; gives the message id that bounces and complaints name.

        Raises:
            Rejected: SES takes no such mail, for instance to an address that is none.
            Retryable: SES is busy or out of reach.
            Misconfigured: the sender isn't verified, or the function may not send.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": mail.text, "Charset": "UTF-8"},
                            "Html": {"Data": mail.html, "Charset": "UTF-8"},
                        },
                    }
                },
            )
        except ClientError as error:
            raise _failure(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise Retryable(f"SES: {type(error).__name__}") from None
        return str(answer["MessageId"])


def _failure(code: str) -> Rejected | Retryable | Misconfigured:
    """What an error code means; SES' own message may quote the address."""
    if code in _CONFIGURATION:
        return Misconfigured(f"SES: {code}; verify the sender of SMARKETING_MAIL_SENDER")
    if code in _REFUSED:
        return Rejected(f"SES: {code}; look at the address")
    return Retryable(f"SES: {code}")

"""The project's only exceptions: what a caller can do about a failure decides its class."""


class Rejected(Exception):  # noqa: N818 - named by what happened, as the caller reads it
    """Permanent: the input is at fault, and trying the same again will fail again.

    The message is one line that names the field and the mend; it never holds personal data.
    """


class Retryable(Exception):  # noqa: N818
    """Transient: nothing is wrong with the input; the same attempt may succeed later."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Keep `retry_after`, the seconds that the other side asked us to wait, if it said so."""
        super().__init__(message)
        self.retry_after = retry_after


class Misconfigured(Exception):  # noqa: N818
    """Permanent until an operator acts: a setting, a permission or a secret is missing or wrong.

    The message names the setting and what to put there.
    """

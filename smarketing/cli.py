"""The command `smarketing`: groups of commands, each imported when it is called."""

import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any

from chalicelib.errors import Misconfigured, Rejected, Retryable

GROUPS = {
    "playbook": "Check, show and publish the playbook that both teams own.",
    "sandbox": "Run the whole system on this machine, without any account.",
    "demo": "Send a year of engagements through the whole system.",
    "outbox": "See and retry what could not be delivered.",
    "consent": "Show the proof of a person's consents, and check the ledger.",
    "privacy": "Hand out, or erase, all that is stored of a person.",
    "sync": "Keep the marketing automations in step, and compare all sides.",
    "cleanse": "Clean Leads, Contacts and Accounts by a plan that people review.",
    "duplicates": "Find records that are one, decide with both side by side, and merge them.",
    "interest": "See what became of a person's interests, step by step.",
    "mailing": "See whether a person may be written to, and what is in the way.",
    "marketing-cloud": "Connect Marketing Cloud Engagement.",
    "metadata": "Check the Salesforce project, bring it into an org, compare, and go back.",
    "support": "See what Sales Support works on, and in which order.",
    "routing": "See who in sales takes over what, whose turn it is, and why.",
    "lock": "Lock the marketing-owned fields for everybody but the integration user.",
}
"""By name; each is `app` in `smarketing.commands.<name>`, there with an underscore for a hyphen."""

_EXTRAS = {"demo": "sandbox", "sandbox": "sandbox", "duplicates": "duplicates"}
"""Which optional extra a group needs; the others need `cli`."""
_REFUSED = 2
_TRY_AGAIN = 75
"""`EX_TEMPFAIL` of sysexits.h: the same call may succeed later."""
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process: 0 done, 2 refused, 75 try again later."""
    try:
        _application()(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="smarketing")
    except (Rejected, Misconfigured) as error:
        _end(_REFUSED, str(error))
    except Retryable as error:
        _end(_TRY_AGAIN, f"{error}; try again later")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _application() -> Any:
    typer = _import("typer", "cli")
    application = typer.Typer(
        help="Marketing and sales as one team on Salesforce.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"smarketing {version('smarketing')}")
            raise typer.Exit

    version_option = typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")

    def options(_: Annotated[bool, version_option] = False) -> None:
        """Take the options that stand before a command."""

    application.callback()(options)

    for name, meaning in GROUPS.items():
        _add_group(application, typer, name, meaning)
    return application


def _add_group(application: Any, typer: Any, name: str, meaning: str) -> None:
    """Register a group by name only; its module is imported when it is called, also for its own help."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    def group(context: Any) -> None:
        extra = _EXTRAS.get(name, "cli")
        module = _import(f"smarketing.commands.{name.replace('-', '_')}", extra)
        module.app(args=context.args, prog_name=f"smarketing {name}")

    group.__annotations__["context"] = typer.Context
    application.command(name, help=meaning, context_settings=settings)(group)


def _import(module: str, extra: str) -> Any:
    """Import a module that an optional extra brings.

    Raises:
        Misconfigured: something of the extra is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in ("chalicelib", "smarketing"):
            raise Misconfigured(f"{error.name}: not part of this installation") from None
        raise Misconfigured(f"{error.name}: not installed; run pip install 'smarketing[{extra}]'") from None


def _end(code: int, message: str) -> None:
    sys.stderr.write(" ".join(message.split()) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()

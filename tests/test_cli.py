"""The command line: quick help, exit codes, one line for each failure that is known."""

import subprocess
import sys
import types

import pytest
import typer

from chalicelib.errors import Misconfigured, Rejected, Retryable
from smarketing import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """A command group `outbox` whose command `list` fails with `failure["is"]`."""
    failure: dict[str, Exception] = {}
    module = types.ModuleType("smarketing.commands.outbox")
    app = typer.Typer()

    @app.callback()
    def group() -> None:
        """Hold the command."""

    @app.command(name="list")
    def show() -> None:
        raise failure["is"]

    module.app = app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "smarketing.commands.outbox", module)
    return failure


def test_help_names_every_group_without_importing_it() -> None:
    script = (
        "import sys; from smarketing.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(sorted(sys.modules))"
    )

    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert all(name in shown for name in cli.GROUPS)
    assert "boto3" not in shown
    assert "smarketing.commands.sandbox" not in shown


def test_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--version")

    assert (code, out) == (0, "smarketing 0.1.0\n")


@pytest.mark.parametrize("failure", [Rejected("field: mend it"), Misconfigured("field: mend\nit")])
def test_a_refusal_is_one_line_and_exit_code_2(
    failing: dict[str, Exception], capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    failing["is"] = failure

    assert run(capsys, "outbox", "list") == (2, "", "field: mend it\n")


def test_a_passing_fault_is_one_line_and_exit_code_75(
    failing: dict[str, Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    failing["is"] = Retryable("Salesforce: 503")

    assert run(capsys, "outbox", "list") == (75, "", "Salesforce: 503; try again later\n")


def test_ctrl_c_is_exit_code_130(
    failing: dict[str, BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing["is"] = KeyboardInterrupt()

    code, _, err = run(capsys, "outbox", "list")

    assert code == 130
    assert "Traceback" not in err


def test_a_missing_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.importlib, "import_module", _without_moto)

    code, out, err = run(capsys, "sandbox")

    assert (code, out) == (2, "")
    assert err == "moto: not installed; run pip install 'smarketing[sandbox]'\n"


def _without_moto(name: str) -> types.ModuleType:
    if name == "typer":
        return typer
    raise ModuleNotFoundError("No module named 'moto'", name="moto")


def test_an_unknown_command_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "nonsense")

    assert code == 2
    assert "No such command" in err

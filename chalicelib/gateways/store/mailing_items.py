"""How the state that decides about mailings lies within a person's."""

from typing import Any

from chalicelib.domain.mailing_state import MailingState


def mailing_to_json(state: MailingState) -> dict[str, Any]:
    """Write a state; what is empty, as with most people, takes no room."""
    plain: dict[str, Any] = {
        "purchases": dict(state.purchases),
        "running": [[*key, at] for key, at in state.running.items()],
        "ended": [[*key, at] for key, at in state.ended.items()],
        "mailings": [list(each) for each in state.mailings],
        "permissions": [list(each) for each in state.permissions],
        "won": dict(state.won),
        "told": dict(state.told),
    }
    return {name: value for name, value in plain.items() if value}


def mailing_from_json(plain: Any) -> MailingState:
    """Read a state; who was stored before there was any has an empty one."""
    if plain is None:
        return MailingState()
    return MailingState(
        purchases=plain.get("purchases", {}),
        running={(pause, name): at for pause, name, at in plain.get("running", ())},
        ended={(pause, name): at for pause, name, at in plain.get("ended", ())},
        mailings=tuple((at, by, source) for at, by, source in plain.get("mailings", ())),
        permissions=tuple((at, by, source) for at, by, source in plain.get("permissions", ())),
        won=plain.get("won", {}),
        told=plain.get("told", {}),
    )

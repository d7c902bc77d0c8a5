"""Take messages off the delivery queue and deliver all that they refer to together."""

from collections.abc import Callable, Iterable, Mapping

from chalicelib.errors import Rejected
from chalicelib.services.deliver import Reference
from chalicelib.services.relay_outbox import read_references


def take_deliveries(
    bodies: Mapping[str, str], deliver: Callable[[Iterable[Reference]], Mapping[Reference, str]]
) -> Mapping[str, str]:
    """Deliver what messages, given by their ids, refer to: together, in as few calls as can be.

    Args:
        deliver: gives the references to try again later, and why.

    Returns:
        Why messages have to come again, by id: they can't be read, or refer to what is still to be delivered.
    """
    failed: dict[str, str] = {}
    references: dict[str, list[Reference]] = {}
    for message, body in bodies.items():
        try:
            references[message] = read_references(body)
        except Rejected as error:
            failed[message] = str(error)
    undone = deliver(dict.fromkeys(each for several in references.values() for each in several))
    for message, several in references.items():
        if reasons := [undone[each] for each in several if each in undone]:
            failed[message] = f"{len(reasons)} of {len(several)} commands are left, the first: {reasons[0]}"
    return failed

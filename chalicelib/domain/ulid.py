"""ULIDs: ids that sort by the time they were made (https://github.com/ulid/spec)."""

from chalicelib.domain.instant import Instant

RANDOM_BYTES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(at: Instant, randomness: bytes) -> str:
    """Write 48 bits of time (ms) and 80 bits of randomness as 26 characters of Crockford's base 32.

    Raises:
        ValueError: there are not exactly 10 random bytes, or the time does not fit.
    """
    if len(randomness) != RANDOM_BYTES or not 0 <= at < 1 << 48:
        raise ValueError("a ULID takes 10 random bytes and a time of 48 bits")
    number = at << 80 | int.from_bytes(randomness)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def made_at(text: str) -> Instant:
    """Read the time at which a ULID was made."""
    return Instant(sum(_ALPHABET.index(each) << 5 * place for place, each in enumerate(reversed(text[:10]))))

"""The only source of randomness: everything drawn in a fake follows from its seed."""

from __future__ import annotations

from hashlib import blake2b
from random import Random


def seeded(seed: int, *parts: str | bytes | int) -> Random:
    """A generator whose numbers depend on ``seed`` and ``parts`` alone.

    The digest is blake2b, so the same numbers come out in every process, whatever its hash seed.

    Args:
        seed: the fake's seed, any integer.
        parts: what the numbers are for, e.g. ``"task", "66f0..."``.
    """
    return drawing_from(chance(seed, *parts))


def chance(seed: int, *parts: str | bytes | int) -> bytes:
    """What ``seeded`` makes its generator of: 16 bytes, which tell nothing of ``parts``."""
    digest = blake2b(str(seed).encode(), digest_size=16)
    for part in parts:
        digest.update(b"\x00")
        digest.update(part if isinstance(part, bytes) else str(part).encode())
    return digest.digest()


def drawing_from(drawn: bytes) -> Random:
    """The generator that ``seeded`` makes, of what ``chance`` gave."""
    return Random(int.from_bytes(drawn))


def draw_uuid(random: Random) -> str:
    """A version 4 UUID in lower case, drawn from ``random``."""
    bits = random.getrandbits(128)
    bits = bits & ~(0xF << 76) | 4 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

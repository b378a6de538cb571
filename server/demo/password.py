"""The password of the demo's logins: MADANG_DEMO_PASSWORD, or one made for this data directory."""

from typing import Final

from server.config import Settings
from server.core import crypto

SECRET: Final = "demo-password"  # noqa: S105 - the name of its file in the key directory
WORDS: Final = (
    "ginkgo", "ferry", "lantern", "pebble", "market", "willow", "harbor", "copper",
    "meadow", "bridge", "heron", "tunnel", "cotton", "maple", "river", "garden",
)  # fmt: skip


def of(settings: Settings) -> str:
    """The password that holds: the setting's, else words and digits from a secret of 0600."""
    if settings.demo_password is not None:
        return settings.demo_password
    secret = crypto.get_or_create_secret(SECRET)
    words = [WORDS[byte % len(WORDS)] for byte in secret[:4]]
    return f"{'-'.join(words)}-{int.from_bytes(secret[4:8]) % 10_000:04}"

"""The code of a document: sixteen signs that nobody guesses, and nobody misreads (Act 27)."""

import secrets

from server.core.i18n import N_

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
CODE_SIGNS = 16  # 80 bits
GROUP = 4
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})

KINDS = {
    "receipt": N_("접수증"),
    "acceptance": N_("접수 안내문"),
    "result": N_("처리결과 통지서"),
    "notice": N_("민원 안내문"),
}


def new_code() -> str:
    """A code as it is kept: sixteen signs."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_SIGNS))


def shown(code: str) -> str:
    """A code as it is read: `7K2M-9QRT-04XN-HC1Z`."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def read_code(text: str) -> str | None:
    """The code somebody typed: small letters, blanks and look-alikes are forgiven. None where it
    cannot be one."""
    plain = "".join(letter for letter in text.upper() if letter.isalnum()).translate(MISREAD)
    fine = len(plain) == CODE_SIGNS and all(letter in SIGNS for letter in plain)
    return plain if fine else None

"""Tables of accounts, persons, departments, roles, sessions and consents (Y3-3, Y22, Y24).

Personal columns are encrypted (O17-2); what must be found exactly has a blind index beside it.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.accounts import rules
from server.core.crypto import BlindIndex, DigestField, EncryptedText


class Department(Model):
    """A department (부서) of the district office; its name and telephone are public (Y5-2)."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(40, unique=True)
    name = fields.CharField(60, unique=True)
    name_en = fields.CharField(120)
    phone = fields.CharField(20)
    position = fields.IntField(default=0)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "department"
        constraints = (CheckConstraint(name="department_named", check="slug <> '' AND name <> ''"),)


class Person(Model):
    """A human whose identity an office has seen; outlives accounts, so nothing is earned twice.

    `identity_hash` is keyed: neither name nor date of birth can be read from it or tried without
    the key ring.
    """

    id = fields.BigIntField(primary_key=True)
    identity_hash = DigestField(unique=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "person"


class Account(Model):
    """A resident's or official's account. Withdrawn, it keeps its number and nothing personal."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(8)
    state = fields.CharField(9, default="active")
    login_id = EncryptedText(null=True)
    login_id_index = BlindIndex(
        source="login_id", normalise=rules.normal_login_id, unique=True, null=True
    )
    password_hash = fields.CharField(200, null=True)
    password_changed_at = fields.DatetimeField()
    must_change_password = fields.BooleanField(default=False)
    name = EncryptedText(null=True)
    phone = EncryptedText(null=True)
    phone_index = BlindIndex(source="phone", normalise=rules.normal_phone, db_index=True, null=True)
    email = EncryptedText(null=True)
    birth_date = EncryptedText(null=True)
    address = EncryptedText(null=True)
    passkey_handle = DigestField(unique=True, null=True)
    locale = fields.CharField(5, default="ko")
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "madang.Department", related_name="accounts", null=True, on_delete=fields.RESTRICT
    )
    person_id: int | None
    person: fields.OneToOneNullableRelation[Person] = fields.OneToOneField(
        "madang.Person", related_name="account", null=True, on_delete=fields.RESTRICT
    )
    verified_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    role_grants: fields.ReverseRelation[RoleGrant]

    class Meta:
        table = "account"
        constraints = (
            CheckConstraint(name="account_kind", check="kind IN ('resident', 'official')"),
            CheckConstraint(
                name="account_state",
                check="state IN ('active', 'closed', 'withdrawn')"
                " AND (state = 'active') = (closed_at IS NULL)",
            ),
            CheckConstraint(
                name="account_known_until_withdrawn",
                check="CASE WHEN state = 'withdrawn'"
                " THEN login_id IS NULL AND password_hash IS NULL AND name IS NULL"
                " AND phone IS NULL AND email IS NULL AND birth_date IS NULL AND address IS NULL"
                " AND person_id IS NULL AND passkey_handle IS NULL"
                " ELSE login_id IS NOT NULL AND password_hash IS NOT NULL AND name IS NOT NULL"
                " AND (kind = 'official' OR birth_date IS NOT NULL) END",
            ),
            CheckConstraint(
                name="account_resident_or_official",
                check="CASE WHEN kind = 'official' THEN person_id IS NULL AND state <> 'withdrawn'"
                " ELSE department_id IS NULL END",
            ),
            CheckConstraint(
                name="account_verified", check="(person_id IS NULL) = (verified_at IS NULL)"
            ),
        )


class RoleGrant(Model):
    """A role that an official holds, and who gave it."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="role_grants"
    )
    role = fields.CharField(12)
    granted_by_id: int | None
    granted_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="grants_given", null=True, on_delete=fields.RESTRICT
    )
    granted_at = fields.DatetimeField()

    class Meta:
        table = "role_grant"
        unique_together = (("account", "role"),)
        constraints = (
            CheckConstraint(
                name="role_grant_role",
                check="role IN ('complaints', 'handler', 'team_head', 'head', 'examiner',"
                " 'cashier', 'audit', 'informatics', 'privacy', 'admin')",
            ),
        )


class Substitute(Model):
    """While an official is absent (first to last day, both included) another stands in (대직자)."""

    id = fields.BigIntField(primary_key=True)
    absent_id: int
    absent: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="absences"
    )
    substitute_id: int
    substitute: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="substitutions"
    )
    first_day = fields.DateField()
    last_day = fields.DateField()
    created_by_id: int | None
    created_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="substitutes_set", null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField()

    class Meta:
        table = "substitute"
        indexes = (("substitute", "last_day"), ("absent", "last_day"))
        constraints = (
            CheckConstraint(name="substitute_days", check="first_day <= last_day"),
            CheckConstraint(name="substitute_other", check="absent_id <> substitute_id"),
        )


class Session(Model):
    """A signed-in browser, known by the keyed hash of its token."""

    id = fields.BigIntField(primary_key=True)
    token_hash = DigestField(unique=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="sessions"
    )
    device = fields.CharField(40)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField()
    idle_ends_at = fields.DatetimeField(db_index=True)
    ends_at = fields.DatetimeField()

    class Meta:
        table = "session"
        constraints = (CheckConstraint(name="session_ends", check="created_at < ends_at"),)


class Throttle(Model):
    """Failed tries of one login, network, account or official; the key is a keyed hash."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(8)
    key = fields.BinaryField()
    tries = fields.IntField()
    blocked_until = fields.DatetimeField()
    forget_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "throttle"
        unique_together = (("kind", "key"),)
        constraints = (CheckConstraint(name="throttle_tries", check="tries >= 0"),)


class Consent(Model):
    """That an account agreed to this version of a document, and when."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="consents"
    )
    document = fields.CharField(16)
    version = fields.CharField(16)
    given_at = fields.DatetimeField()

    class Meta:
        table = "consent"
        unique_together = (("account", "document", "version"),)


class GuardianConsent(Model):
    """A guardian's consent to a child joining (Personal Information Protection Act 22-2)."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "madang.Account", related_name="guardian_consent"
    )
    guardian_name = EncryptedText()
    guardian_phone = EncryptedText()
    version = fields.CharField(16)
    given_at = fields.DatetimeField()

    class Meta:
        table = "guardian_consent"


class PasswordHistory(Model):
    """Former passwords of an official, which may not come back (Y24)."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="former_passwords"
    )
    password_hash = fields.CharField(200)
    replaced_at = fields.DatetimeField()

    class Meta:
        table = "password_history"


class VerificationCode(Model):
    """The one-time code that an official gave at the desk after seeing an identity card."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="verification_codes"
    )
    identity_hash = fields.BinaryField()
    code_hash = fields.BinaryField()
    issued_by_id: int
    issued_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="codes_issued", on_delete=fields.RESTRICT
    )
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    state = fields.CharField(8, default="open")

    class Meta:
        table = "verification_code"
        indexes = (("account", "state"),)
        constraints = (
            CheckConstraint(
                name="verification_code_state",
                check="state IN ('open', 'used', 'spent', 'replaced')",
            ),
            CheckConstraint(name="verification_code_tries", check="tries >= 0"),
        )


def opened(field: str, sealed: bytes | None) -> str | None:
    """The text of an encrypted column of Account that came from a plain SELECT."""
    column = Account._meta.fields_map[field]
    text: str | None = column.to_python_value(sealed)
    return text

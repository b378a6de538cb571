"""Tables of what proves who enters besides a password: passkeys, one-time codes, recovery (Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import DigestField, EncryptedText

if TYPE_CHECKING:
    from datetime import datetime

    from server.accounts.models import Account


class Passkey(Model):
    """The public half of a key pair whose other half never leaves its owner's device."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="passkeys"
    )
    credential_id = DigestField(unique=True)
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    transports = fields.CharField(80)
    name = EncryptedText()
    created_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey"
        indexes = (("account",),)
        constraints = (CheckConstraint(name="passkey_counted", check="sign_count >= 0"),)


class PasskeyChallenge(Model):
    """What a browser was asked to sign: once, soon, by that browser, for that purpose only."""

    id = fields.BigIntField(primary_key=True)
    challenge_hash = DigestField(unique=True)
    purpose = fields.CharField(8)
    bound_to = fields.BinaryField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "passkey_challenge"
        constraints = (
            CheckConstraint(
                name="passkey_challenge_purpose", check="purpose IN ('add', 'log_in', 'confirm')"
            ),
        )


class Authenticator(Model):
    """The secret that an official's authenticator app shares with us; counts once confirmed."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "madang.Account", related_name="authenticator"
    )
    secret = EncryptedText()
    begun_at = fields.DatetimeField()
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(default=0)

    class Meta:
        table = "authenticator"
        constraints = (CheckConstraint(name="authenticator_step", check="last_step >= 0"),)


class RecoveryCode(Model):
    """A code on paper for the day the phone is lost; known here by its keyed hash, good once."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="recovery_codes"
    )
    code_hash = DigestField(unique=True)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        indexes = (("account",),)


class SecondStep(Model):
    """A browser that has given the right password and still owes the second factor."""

    id = fields.BigIntField(primary_key=True)
    bound_to = DigestField(unique=True)
    account_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="second_steps"
    )
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "second_step"
        indexes = (("account",),)

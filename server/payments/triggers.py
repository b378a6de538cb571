"""The rules of the money inside the database, the same on both engines.

A movement takes won from a deposit to a charge or to a refund (or, below zero, back again) and
moves the sums of both in the same statement; checks of the tables keep every sum in its bounds.
What came in and what moved is never changed or taken away.
"""

from typing import Final

from server.core.ddl import Extra

_SQLITE: Final = (
    """
    CREATE TRIGGER payment_movement_moves AFTER INSERT ON payment_movement
    BEGIN
      UPDATE payment_deposit SET left_won = left_won - NEW.won WHERE id = NEW.deposit_id;
      SELECT RAISE(ABORT, 'payment_deposit_unknown') WHERE changes() <> 1;
      UPDATE payment_charge SET paid_won = paid_won + NEW.won WHERE id = NEW.charge_id;
      SELECT RAISE(ABORT, 'payment_charge_unknown')
        WHERE NEW.charge_id IS NOT NULL AND changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER payment_movement_stays BEFORE UPDATE ON payment_movement
    BEGIN SELECT RAISE(ABORT, 'payment_movement_append_only'); END
    """,
    """
    CREATE TRIGGER payment_movement_remains BEFORE DELETE ON payment_movement
    BEGIN SELECT RAISE(ABORT, 'payment_movement_append_only'); END
    """,
    """
    CREATE TRIGGER payment_deposit_stays
    BEFORE UPDATE OF id, source, digest, at, won, booked_at ON payment_deposit
    BEGIN SELECT RAISE(ABORT, 'payment_deposit_append_only'); END
    """,
    """
    CREATE TRIGGER payment_deposit_remains BEFORE DELETE ON payment_deposit
    BEGIN SELECT RAISE(ABORT, 'payment_deposit_append_only'); END
    """,
)

_POSTGRES: Final = (
    """
    CREATE FUNCTION payment_movement_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE payment_deposit SET left_won = left_won - NEW.won WHERE id = NEW.deposit_id;
      IF NEW.charge_id IS NOT NULL THEN
        UPDATE payment_charge SET paid_won = paid_won + NEW.won WHERE id = NEW.charge_id;
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER payment_movement_moves AFTER INSERT ON payment_movement
    FOR EACH ROW EXECUTE FUNCTION payment_movement_moves()
    """,
    """
    CREATE FUNCTION payment_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || '_append_only';
    END $$
    """,
    """
    CREATE TRIGGER payment_movement_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_movement
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only()
    """,
    """
    CREATE TRIGGER payment_deposit_stays
    BEFORE UPDATE OF id, source, digest, at, won, booked_at ON payment_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only()
    """,
    """
    CREATE TRIGGER payment_deposit_remains
    BEFORE DELETE OR TRUNCATE ON payment_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only()
    """,
)

EXTRAS: Final = (
    *(Extra(f"payments_sqlite_{n}", sqlite=sql) for n, sql in enumerate(_SQLITE, start=1)),
    *(Extra(f"payments_postgres_{n}", postgres=sql) for n, sql in enumerate(_POSTGRES, start=1)),
)

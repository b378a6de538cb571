"""The ledger's own rules inside the database, the same on both engines.

Writing a transfer moves the balances, the hold and the budget line in the same statement, in this
order, so that locks are always taken person first and budget last. A transfer is never changed.
Points are corrected only as two officials have decided, and what they decided stays as it is.
"""

from typing import Final

from server.core.ddl import Extra

_SQLITE: Final = (
    """
    CREATE TRIGGER mileage_transfer_corrects AFTER INSERT ON mileage_transfer
    WHEN 'issued' IN (NEW.debit, NEW.credit)
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after
      WHERE person_id = NEW.person_id AND available = NEW.available_after
        + NEW.points * ((NEW.debit = 'available') - (NEW.credit = 'available'));
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_holds AFTER INSERT ON mileage_transfer
    WHEN NEW.credit = 'held'
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after, held = held + NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after + NEW.points;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      INSERT INTO mileage_hold (id, person_id, open_points, open_won, spent_points)
        VALUES (NEW.id, NEW.person_id, NEW.points, NEW.won, 0);
      UPDATE budget_line SET left_won = left_won - NEW.won WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_captures AFTER INSERT ON mileage_transfer
    WHEN NEW.credit = 'spent'
    BEGIN
      UPDATE mileage_balance SET held = held - NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      UPDATE mileage_hold SET open_points = open_points - NEW.points,
        open_won = open_won - NEW.won, spent_points = spent_points + NEW.points
      WHERE id = NEW.hold_id AND person_id = NEW.person_id;
      SELECT RAISE(ABORT, 'mileage_hold_unknown') WHERE changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_releases AFTER INSERT ON mileage_transfer
    WHEN NEW.debit = 'held' AND NEW.credit = 'available'
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after, held = held - NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after - NEW.points;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      UPDATE mileage_hold SET open_points = open_points - NEW.points,
        open_won = open_won - NEW.won
      WHERE id = NEW.hold_id AND person_id = NEW.person_id;
      SELECT RAISE(ABORT, 'mileage_hold_unknown') WHERE changes() <> 1;
      UPDATE budget_line SET left_won = left_won + NEW.won WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_grants AFTER INSERT ON mileage_transfer
    WHEN NEW.person_id IS NULL
    BEGIN
      UPDATE budget_line SET
        left_won = left_won + NEW.won * ((NEW.credit = 'line') - (NEW.debit = 'line'))
      WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_stays BEFORE UPDATE ON mileage_transfer
    BEGIN
      SELECT RAISE(ABORT, 'mileage_transfer_append_only');
    END
    """,
    """
    CREATE TRIGGER mileage_transfer_remains BEFORE DELETE ON mileage_transfer
    BEGIN
      SELECT RAISE(ABORT, 'mileage_transfer_append_only');
    END
    """,
)

_SQLITE_CORRECTIONS: Final = (
    """
    CREATE TRIGGER mileage_transfer_approved BEFORE INSERT ON mileage_transfer
    WHEN NEW.about = 'correction' OR NEW.credit = 'issued'
    BEGIN
      SELECT RAISE(ABORT, 'mileage_correction_unapproved') WHERE NOT EXISTS (
        SELECT 1 FROM mileage_correction c
        WHERE c.state = 'approved' AND NEW.about = 'correction'
          AND NEW.key = 'correction:' || c.id AND c.person_id = NEW.person_id
          AND c.points = CASE NEW.credit WHEN 'available' THEN NEW.points ELSE -NEW.points END);
    END
    """,
    """
    CREATE TRIGGER mileage_correction_stays BEFORE UPDATE
    OF id, person_id, account_id, points, proposed_by_id, proposed_at ON mileage_correction
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END
    """,
    """
    CREATE TRIGGER mileage_correction_decided BEFORE UPDATE
    OF state, decided_by_id, decided_at ON mileage_correction WHEN OLD.state <> 'proposed'
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END
    """,
    """
    CREATE TRIGGER mileage_correction_remains BEFORE DELETE ON mileage_correction
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END
    """,
)

_POSTGRES: Final = (
    """
    CREATE FUNCTION mileage_transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      after BIGINT;
    BEGIN
      IF NEW.person_id IS NULL THEN
        UPDATE budget_line SET left_won = left_won
          + CASE WHEN NEW.credit = 'line' THEN NEW.won ELSE -NEW.won END
        WHERE id = NEW.line_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'budget_line_unknown';
        END IF;
        RETURN NULL;
      END IF;
      UPDATE mileage_balance SET
        available = available + CASE 'available'
          WHEN NEW.credit THEN NEW.points WHEN NEW.debit THEN -NEW.points ELSE 0 END,
        held = held + CASE 'held'
          WHEN NEW.credit THEN NEW.points WHEN NEW.debit THEN -NEW.points ELSE 0 END
      WHERE person_id = NEW.person_id RETURNING available INTO after;
      IF after IS DISTINCT FROM NEW.available_after THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'mileage_balance_after';
      END IF;
      IF NEW.credit = 'held' THEN
        INSERT INTO mileage_hold (id, person_id, open_points, open_won, spent_points)
          VALUES (NEW.id, NEW.person_id, NEW.points, NEW.won, 0);
      ELSIF NEW.debit = 'held' THEN
        UPDATE mileage_hold SET
          open_points = open_points - NEW.points,
          open_won = open_won - NEW.won,
          spent_points = spent_points + CASE NEW.credit WHEN 'spent' THEN NEW.points ELSE 0 END
        WHERE id = NEW.hold_id AND person_id = NEW.person_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'mileage_hold_unknown';
        END IF;
      END IF;
      IF NEW.won > 0 AND NEW.credit IN ('held', 'available') THEN
        UPDATE budget_line SET left_won = left_won
          + CASE WHEN NEW.credit = 'available' THEN NEW.won ELSE -NEW.won END
        WHERE id = NEW.line_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'budget_line_unknown';
        END IF;
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mileage_transfer_moves AFTER INSERT ON mileage_transfer
    FOR EACH ROW EXECUTE FUNCTION mileage_transfer_moves()
    """,
    """
    CREATE FUNCTION mileage_transfer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = 'mileage_transfer_append_only';
    END $$
    """,
    """
    CREATE TRIGGER mileage_transfer_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mileage_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_transfer_stays()
    """,
)

_POSTGRES_CORRECTIONS: Final = (
    """
    CREATE FUNCTION mileage_transfer_approved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (
        SELECT 1 FROM mileage_correction c
        WHERE c.state = 'approved' AND NEW.about = 'correction'
          AND NEW.key = 'correction:' || c.id AND c.person_id = NEW.person_id
          AND c.points = CASE NEW.credit WHEN 'available' THEN NEW.points ELSE -NEW.points END
      ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'mileage_correction_unapproved';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER mileage_transfer_approved BEFORE INSERT ON mileage_transfer
    FOR EACH ROW WHEN (NEW.about = 'correction' OR NEW.credit = 'issued')
    EXECUTE FUNCTION mileage_transfer_approved()
    """,
    """
    CREATE FUNCTION mileage_correction_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = 'mileage_correction_stays';
    END $$
    """,
    """
    CREATE TRIGGER mileage_correction_stays BEFORE UPDATE
    OF id, person_id, account_id, points, proposed_by_id, proposed_at ON mileage_correction
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_correction_stays()
    """,
    """
    CREATE TRIGGER mileage_correction_decided BEFORE UPDATE
    OF state, decided_by_id, decided_at ON mileage_correction
    FOR EACH ROW WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION mileage_correction_stays()
    """,
    """
    CREATE TRIGGER mileage_correction_remains BEFORE DELETE OR TRUNCATE ON mileage_correction
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_correction_stays()
    """,
)

# A year's messages among a town's daily awards, which are a hundred times as many.
_LINE_INDEX: Final = (
    "CREATE INDEX mileage_transfer_line ON mileage_transfer (line_id, at) WHERE line_id IS NOT NULL"
)

_SQLITE_ALL: Final = (*_SQLITE, *_SQLITE_CORRECTIONS, _LINE_INDEX)
_POSTGRES_ALL: Final = (*_POSTGRES, *_POSTGRES_CORRECTIONS, _LINE_INDEX)

EXTRAS: Final = (
    *(Extra(f"mileage_sqlite_{n}", sqlite=sql) for n, sql in enumerate(_SQLITE_ALL, start=1)),
    *(Extra(f"mileage_postgres_{n}", postgres=sql) for n, sql in enumerate(_POSTGRES_ALL, start=1)),
)

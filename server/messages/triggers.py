"""The rules of an order inside the database, the same on both engines.

The sender of an order that has left its draft is never altered (Telecommunications Business Act
84-2), but for being erased with its text. Sealed anew under another key it is still the same: the
blind index in front of the sealed value says so.
"""

from typing import Final

from server.core.crypto import INDEX_BYTES
from server.core.ddl import Extra

_ALTERED: Final = f"""
    OLD.stage <> 'draft' AND NEW.sender IS NOT NULL AND (OLD.sender IS NULL
      OR substr(OLD.sender, 1, {INDEX_BYTES}) <> substr(NEW.sender, 1, {INDEX_BYTES}))
"""

EXTRAS: Final = (
    Extra(
        "messages_sqlite_sender",
        sqlite=f"""
        CREATE TRIGGER message_sender_stays BEFORE UPDATE OF sender ON message WHEN {_ALTERED}
        BEGIN SELECT RAISE(ABORT, 'message_sender_stays'); END
        """,
    ),
    Extra(
        "messages_postgres_sender",
        postgres="""
        CREATE FUNCTION message_sender_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE integrity_constraint_violation USING MESSAGE = 'message_sender_stays';
        END $$
        """,
    ),
    Extra(
        "messages_postgres_sender_stays",
        postgres=f"""
        CREATE TRIGGER message_sender_stays BEFORE UPDATE OF sender ON message
        FOR EACH ROW WHEN ({_ALTERED}) EXECUTE FUNCTION message_sender_stays()
        """,
    ),
)

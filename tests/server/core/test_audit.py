"""The audit shows every row that was changed, removed or inserted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import audit, clock, db, seals


@db.transactional
async def act(count: int = 1, action: str = "complaint.accepted") -> None:
    for n in range(count):
        await audit.record(action, f"complaint:{n}", 7, topic="streetlamp", days=7)


async def sealed(count: int = 5) -> None:
    await act(count)
    await audit.seal()
    await audit.export()
    await audit.export()


async def test_a_row_is_written_with_its_act_or_not_at_all(opened: Any) -> None:
    @db.transactional
    async def undone() -> None:
        await audit.record("complaint.accepted", "complaint:1", 7)
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await undone()
    with pytest.raises(RuntimeError, match="transaction"):
        await audit.record("complaint.accepted", "complaint:1", 7)
    assert (await audit.verify()).unsealed == 0
    await act()
    (row,) = await db.fetch("SELECT * FROM audit_entry")
    assert row["facts"] == '{"days":7,"topic":"streetlamp"}'
    assert (row["actor_id"], row["subject"]) == (7, "complaint:0")


async def test_a_look_at_personal_data_names_whose(opened: Any) -> None:
    await audit.accessed(7, 12, "desk.complaint")
    await audit.accessed(7, "person:3", "desk.identity")
    rows = await db.fetch("SELECT action, subject, facts FROM audit_entry ORDER BY id")
    assert [(row["action"], row["subject"]) for row in rows] == [
        ("accessed", "account:12"),
        ("accessed", "person:3"),
    ]
    assert rows[0]["facts"] == '{"page":"desk.complaint"}'


async def test_facts_are_text_and_numbers(opened: Any) -> None:
    @db.transactional
    async def wrong() -> None:
        await audit.record("x", "y", None, name=None)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="name"):
        await wrong()


async def test_a_sound_audit_verifies(opened: Any) -> None:
    assert (await audit.verify()).sound
    await sealed(5)
    await sealed(3)
    await act(2)
    report = await audit.verify()
    assert report.problems == []
    assert (report.rows, report.unsealed, report.heads) == (8, 2, 2)
    assert len((opened.data / "audit" / "heads.jsonl").read_text().splitlines()) == 2


async def test_many_rows_are_sealed_in_batches(opened: Any) -> None:
    await act(seals.BATCH + 10)
    assert await audit.seal() == seals.BATCH + 10
    assert await audit.seal() == 0
    report = await audit.verify()
    assert (report.rows, report.heads, report.problems) == (seals.BATCH + 10, 2, [])


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 8",
        "actor_id = NULL",
        "action = 'complaint.refused'",
        "subject = 'complaint:99'",
        "facts = '{\"days\":9}'",
        "digest = mac",
        "mac = digest",
    ],
)
@pytest.mark.clause("Y23-1", 2)
async def test_a_changed_row_is_found(opened: Any, change: str) -> None:
    await sealed()
    await db.execute(f"UPDATE audit_entry SET {change} WHERE sequence = 3")
    report = await audit.verify()
    assert any("row 3 " in problem for problem in report.problems)


async def test_a_changed_time_is_found(opened: Any) -> None:
    await sealed()
    await db.execute(
        "UPDATE audit_entry SET at = ? WHERE sequence = 3", [clock.now() - timedelta(days=1)]
    )
    assert not (await audit.verify()).sound


@pytest.mark.clause("Y23-1", 2)
@pytest.mark.parametrize("gone", ["sequence = 1", "sequence = 3", "sequence = 5", "sequence >= 3"])
async def test_a_removed_row_is_found(opened: Any, gone: str) -> None:
    await sealed()
    await db.execute(f"DELETE FROM audit_entry WHERE {gone}")
    assert any("removed" in problem for problem in (await audit.verify()).problems)


@pytest.mark.clause("Y23-1", 2)
async def test_an_inserted_row_is_found(opened: Any) -> None:
    """Even when the sealer chained it in good faith."""
    await sealed()
    await db.execute(
        "INSERT INTO audit_entry (at, action, subject, facts, mac) VALUES (?, 'a', 'b', '{}', ?)",
        [clock.now(), b"0" * 32],
    )
    assert any("inserted" in problem for problem in (await audit.verify()).problems)
    await audit.seal()
    assert any("row 6 was changed or inserted" in p for p in (await audit.verify()).problems)


async def test_rows_that_changed_places_are_found(opened: Any) -> None:
    await sealed()
    await db.execute("UPDATE audit_entry SET sequence = -1 WHERE sequence = 2")
    await db.execute("UPDATE audit_entry SET sequence = 2 WHERE sequence = 3")
    await db.execute("UPDATE audit_entry SET sequence = 3 WHERE sequence = -1")
    assert not (await audit.verify()).sound


async def test_a_chain_made_anew_breaks_with_the_signed_heads(opened: Any) -> None:
    await sealed()
    await db.execute("DELETE FROM audit_entry WHERE sequence = 5")
    await db.execute("DELETE FROM audit_head")
    report = await audit.verify()
    assert any("removed" in problem for problem in report.problems)
    await db.execute("UPDATE audit_entry SET sequence = NULL, digest = NULL")
    await act()
    await audit.seal()
    assert any("differs from the file" in p for p in (await audit.verify()).problems)


async def test_a_forged_head_is_found(opened: Any) -> None:
    await sealed()
    await db.execute("UPDATE audit_head SET purged = ?", [True])
    report = await audit.verify()
    assert any("no genuine signature" in problem for problem in report.problems)


async def test_two_sealers_at_once_make_one_chain(opened: Any) -> None:
    for rounds in range(1, 6):
        await act(20)
        assert sum(await asyncio.gather(*(audit.seal() for _ in range(4)))) == 20
        report = await audit.verify()
        assert (report.rows, report.problems) == (20 * rounds, [])


async def test_rows_are_kept_two_years_and_the_rest_verifies(opened: Any) -> None:
    now = clock.now()
    for years, count in ((3, 4), (2.5, 3), (1, 2), (0, 1)):
        with clock.use(now - timedelta(days=365.25 * years)):
            await sealed(count)
    assert await audit.purge() == 7
    assert await audit.purge() == 0
    report = await audit.verify()
    assert (report.rows, report.heads, report.problems) == (3, 3, [])
    await sealed(1)
    assert (await audit.verify()).sound
    await db.execute("DELETE FROM audit_entry WHERE sequence = 8")
    assert not (await audit.verify()).sound


async def test_purging_too_early_is_found(opened: Any) -> None:
    await sealed(3)
    await sealed(3)
    with clock.use(clock.now() + seals.KEPT + timedelta(days=1)):
        assert await audit.purge() == 6
        assert (await audit.verify()).sound
    assert any("too early" in problem for problem in (await audit.verify()).problems)

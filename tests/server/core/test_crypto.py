"""Personal data is unreadable at rest, and its index is right whichever way it was written."""

import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import FieldError, IntegrityError

from server import config
from server.core import crypto, db, rekey
from server.core.keyring import KeyDirectory, KeyRingError
from tests.server.core.probe_models import Neighbour, Visit


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[KeyDirectory]:
    config.use(config.Settings(data=tmp_path / "data", keys=tmp_path / "keys"))
    yield crypto.keys()
    config.use(None)


# Sealing


def test_what_is_sealed_comes_back(ring: KeyDirectory) -> None:
    sealed = crypto.seal("김하늘".encode(), "account.name")
    assert "김하늘".encode() not in sealed
    assert crypto.unseal(sealed, "account.name").decode() == "김하늘"
    assert crypto.seal(b"same", "a.b") != crypto.seal(b"same", "a.b")


def test_it_cannot_be_read_elsewhere_or_changed(ring: KeyDirectory) -> None:
    sealed = crypto.seal(b"secret", "storage:one")
    for context in ("storage:two", "account.name", "storage"):
        with pytest.raises(crypto.UnsealError):
            crypto.unseal(sealed, context)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(crypto.UnsealError):
            crypto.unseal(bytes(changed), "storage:one")
    for short in (b"", sealed[:20], b"plain text that nobody sealed"):
        with pytest.raises(crypto.UnsealError):
            crypto.unseal(short, "storage:one")


def test_a_rotated_ring_reads_the_old_and_writes_the_new(ring: KeyDirectory) -> None:
    old = crypto.seal(b"x", "a.b")
    assert crypto.key_number(old) == 1
    assert ring.rotate() == 2
    assert crypto.unseal(old, "a.b") == b"x"
    assert crypto.key_number(crypto.seal(b"x", "a.b")) == 2
    other = KeyDirectory(ring.path)
    assert other.ring().active == 2
    ring.retire(1)
    with pytest.raises(crypto.UnsealError, match="not in the ring"):
        crypto.unseal(old, "a.b")
    with pytest.raises(KeyRingError):
        ring.retire(2)


def test_another_process_learns_of_a_new_key_by_needing_it(ring: KeyDirectory) -> None:
    here = KeyDirectory(ring.path)
    assert here.ring().active == 1
    ring.rotate()
    assert here.ring().active == 1
    assert 2 in here.ring(needing=2).keys


def test_keys_are_closed_to_others(ring: KeyDirectory) -> None:
    ring.ring()
    crypto.get_or_create_secret("vapid")
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o700
    for file in ring.path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (ring.path / "ring.json").chmod(0o644)
    with pytest.raises(KeyRingError, match="open to other users"):
        KeyDirectory(ring.path).ring()


def test_secrets_stay(ring: KeyDirectory) -> None:
    secret = crypto.get_or_create_secret("vapid")
    assert len(secret) == 32
    assert crypto.get_or_create_secret("vapid") == secret
    assert KeyDirectory(ring.path).secret("vapid") == secret
    with pytest.raises(ValueError, match="name"):
        crypto.get_or_create_secret("../outside")


def test_two_first_starts_make_one_ring(tmp_path: Path) -> None:
    one, two = KeyDirectory(tmp_path / "keys"), KeyDirectory(tmp_path / "keys")
    assert one.ring() == two.ring()
    assert not [name for name in os.listdir(tmp_path / "keys") if name.startswith(".")]  # noqa: PTH208


def test_keyed_hashes_differ_by_purpose_and_office(ring: KeyDirectory, tmp_path: Path) -> None:
    here = crypto.keyed_hash("desk", "김하늘|1990-01-01|1")
    assert len(here) == 32
    assert crypto.keyed_hash("desk", "김하늘|1990-01-01|1") == here
    assert crypto.keyed_hash("other", "김하늘|1990-01-01|1") != here
    config.use(config.Settings(data=tmp_path / "data", keys=tmp_path / "elsewhere"))
    assert crypto.keyed_hash("desk", "김하늘|1990-01-01|1") != here


# Columns


async def found(phone: str) -> list[str]:
    names = await Neighbour.filter(phone_index=phone).order_by("id").values_list("name", flat=True)
    return [str(name) for name in names]


async def test_a_sealed_column_is_text_in_python_and_nothing_in_the_database(probed: Any) -> None:
    made = await Neighbour.create(name="김하늘", phone="010-2345-6789")
    assert (made.name, made.phone, made.memo) == ("김하늘", "010-2345-6789", None)
    again = await Neighbour.get(id=made.id)
    assert (again.name, again.phone, again.memo) == ("김하늘", "010-2345-6789", None)
    assert await Neighbour.all().values("name", "phone", "memo") == [
        {"name": "김하늘", "phone": "010-2345-6789", "memo": None}
    ]
    (row,) = await db.fetch("SELECT * FROM probe_neighbour")
    whole = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes))
    assert "김하늘".encode() not in whole
    assert b"2345" not in whole


async def test_the_index_is_right_whichever_way_it_was_written(probed: Any) -> None:
    made = await Neighbour.create(name="create", phone="010-1111-1111")
    assert await found("01011111111") == ["create"]
    made.phone = "010-2222-2222"
    await made.save()
    assert await found("010-2222-2222") == ["create"]
    assert await found("010-1111-1111") == []
    made.phone = "010-3333-3333"
    await made.save(update_fields=["phone"])
    assert await found("010 3333 3333") == ["create"]
    await Neighbour.filter(id=made.id).update(phone="010-4444-4444")
    assert await found("010.4444.4444") == ["create"]
    await Neighbour.bulk_create([Neighbour(name="bulk", phone=f"02-{n}") for n in range(3)])
    assert await found("021") == ["bulk"]
    many = await Neighbour.filter(phone_index="021")
    many[0].phone = "031-1"
    await Neighbour.bulk_update(many, fields=["phone"])
    assert await found("0311") == ["bulk"]
    assert await found("021") == []
    await Neighbour.create(id=77, name="numbered", phone="077")
    assert await found("077") == ["numbered"]
    _, fresh = await Neighbour.get_or_create(id=88, defaults={"name": "got", "phone": "088"})
    assert fresh
    assert await found("088") == ["got"]
    await Neighbour.filter(id=88).update(phone=None)
    assert await found("088") == []


async def test_looking_by_the_index_of_a_column(probed: Any) -> None:
    await Neighbour.create(name="a", phone="010-1111-1111")
    key = crypto.blind("+01011111111", "probe_neighbour.phone")
    assert await Neighbour.filter(phone_index=key).count() == 1
    assert await Neighbour.filter(phone_index__in=["01011111111", "2"]).count() == 1
    with pytest.raises(LookupError):
        crypto.blind("x", "probe_neighbour.name")


async def test_an_indexed_value_can_be_unique(probed: Any) -> None:
    await Neighbour.create(name="a", phone="010-1111-1111", code=b"1" * 32)
    with pytest.raises(IntegrityError):
        await Neighbour.create(name="b", phone="01011111111")
    with pytest.raises(IntegrityError):
        await Neighbour.create(name="b", code=b"1" * 32)
    assert (await Neighbour.get(code=b"1" * 32)).code == b"1" * 32
    await Neighbour.bulk_create([Neighbour(name="none"), Neighbour(name="none")])


async def test_looking_for_a_sealed_value_is_refused(probed: Any) -> None:
    with pytest.raises(FieldError, match="blind index"):
        await Neighbour.filter(name="김하늘")
    with pytest.raises(TypeError, match="takes text"):
        await Neighbour.create(name=5)
    with pytest.raises(IntegrityError, match="generated"):
        await Neighbour.filter(id=1).update(phone_index=b"x")


async def test_a_value_cannot_be_moved_to_another_column(probed: Any) -> None:
    made = await Neighbour.create(name="a", memo="b")
    await db.execute("UPDATE probe_neighbour SET memo = name")
    with pytest.raises(crypto.UnsealError):
        await Neighbour.get(id=made.id)


@given(st.text(max_size=200).filter(lambda text: "\x00" not in text))
def test_any_text_comes_back(text: str) -> None:
    sealed = crypto.seal(text.encode(), "a.b")
    assert crypto.unseal(sealed, "a.b").decode() == text


@pytest.fixture(autouse=True)
def _some_ring(tmp_path_factory: pytest.TempPathFactory) -> None:
    """For the property above, which runs without a database."""
    place = tmp_path_factory.mktemp("ring")
    config.use(config.Settings(data=place / "data", keys=place / "keys"))


# Rotation


async def test_old_values_are_sealed_again(probed: Any, tmp_path: Path) -> None:
    config.use(probed.model_copy(update={"keys": tmp_path / "keys of its own"}))
    people = [Neighbour(name=f"n{n}", phone=f"0{n}") for n in range(450)]
    await Neighbour.bulk_create(people)
    await Visit.create(id=uuid.uuid4(), note="다녀감")
    assert await rekey.rekey() == 0
    crypto.keys().rotate()
    assert await rekey.rekey() == 0, "another process may still be using the old key"
    os.utime(tmp_path / "keys of its own" / "ring.json", (0, 0))
    assert await rekey.rekey() == 450 + 450 + 1
    assert await rekey.rekey() == 0
    crypto.keys().retire(1)
    assert (await Neighbour.get(phone_index="07")).name == "n7"
    assert (await Visit.all().first()).note == "다녀감"  # type: ignore[union-attr]


async def test_another_offices_keys_are_refused(probed: Any, tmp_path: Path) -> None:
    await rekey.refuse_other_keys()
    await rekey.refuse_other_keys()
    config.use(probed.model_copy(update={"keys": tmp_path / "others"}))
    with pytest.raises(KeyRingError, match="does not hold the keys"):
        await rekey.refuse_other_keys()

"""Does all that a store holds come into another one, and does a talk go on there? From each kind of lasting store to each."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import redis

from bot import reading
from bot.conversation import machine
from bot.conversation.model import AnyEvent, Conversation, Edit, Lesson, Step, Wake
from bot.errors import StoreUnreachable, UsageError
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.store import archive as archives
from bot.store import open_archive, open_store
from bot.store.archive import Archive, Claim, Record, Talk, Thing
from bot.store.inspection import inspect
from bot.store.lessons import Counted
from bot.store.port import Marked, Store
from bot.store.sqlite_archive import TABLES
from tests.bot.conftest import lasting
from tests.bot.service_kit import TALK, Room, knowledge, opened, running, service_on, until
from tests.bot.service_kit import said as said_to_service
from tests.bot.store.talks import CHANNELS, LEASE, begun, claim, now, post, probe, probe_done, reply, said, talk

KINDS = ("sqlite", "valkey")
LESSON = Lesson("unrecognised", text="naïve \U0001f600 error")


@pytest.fixture(params=[(one, other) for one in KINDS for other in KINDS], ids="-to-".join)
def move(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Callable[[bytes], str]]:
    """The first store's address, and what gives the second's, empty: where both are one server, it is emptied then."""
    (tmp_path / "other").mkdir()
    kinds: tuple[str, str] = request.param
    return lasting(request, kinds[0], tmp_path), lambda _: lasting(request, kinds[1], tmp_path / "other")


async def fill(store: Store) -> None:
    """Something of each kind, some of it in somebody's hands."""
    for number in (2, 1):
        await store.receive(said(number), [f"event-{number}", f"message-{number}"])
    first, *_ = await begun(
        store,
        [post("0.0", asks="port"), post("0.1"), probe("0.2"), Wake(id="0.3", wake="did it work", at=now() + datetime.timedelta(days=1))],
        owner="dead",
    )
    await store.done(first, "M1")
    await store.commit(
        talk(), 1, [Edit(id="1.0", of="0.0", reply=reply("naïve \U0001f600 \x00"))], ["talk/1"], parked={"talk/2": "ValueError"}
    )
    await store.receive(probe_done(1), ["probe:talk:1"])
    await store.receive(said(7, "waits"), ["event-7"])
    await begun(store, [post("0.0")], "ended", owner="dead")
    (ended,) = [one for one in await claim(store, "me", now() + 2 * LEASE) if one.conversation == "ended"]
    await store.failed(ended, "channel_not_found", None)
    await store.vault.keep("slack/T1", b"\x00\xffsealed")
    await store.vault.keep("slack/state", b"once", now() + LEASE)
    for day in (1, 1, 3):
        await store.lessons.note(LESSON, datetime.date(2026, 11, day))


def exported(address: str) -> bytes:
    out = io.BytesIO()
    archive = open_archive(address)
    archives.write(archive.records(), out, now().timestamp())
    archive.close()
    return out.getvalue()


def imported(address: str, content: bytes, *, empty_first: bool = False) -> None:
    archives.verify(io.BytesIO(content))
    archive = open_archive(address, new=True)
    archive.fill(archives.read(io.BytesIO(content)), empty_first=empty_first)
    archive.close()


async def test_all_that_is_held_is_there_after_the_move(move: tuple[str, Callable[[bytes], str]]) -> None:
    source, target_for = move
    async with opened(source) as store:
        await fill(store)
        before = [await store.load(key) for key in ("talk", "waits", "ended")]
    content = exported(source)
    target = target_for(content)
    imported(target, content)

    async with opened(target) as store:
        assert [await store.load(key) for key in ("talk", "waits", "ended")] == before
        assert [event.id for event in before[0].events] == ["probe:talk:1"]
        for key in ("event-1", "message-2", "event-7", "probe:talk:1"):
            event = said(9, "waits" if key == "event-7" else "talk")
            assert not await store.receive(event, [key]), key
        assert await store.vault.kept("slack/T1") == b"\x00\xffsealed"
        assert await store.vault.kept("slack/state") == b"once"
        assert list(await store.lessons.all()) == [Counted(LESSON, 3, datetime.date(2026, 11, 1), datetime.date(2026, 11, 3))]
        assert list(await store.waiting(CHANNELS)) == ["talk", "waits"]
        assert await store.posted("talk", "0.0") == "M1"
        assert not await store.owes("ended")
        assert [one.key for one in await store.conversations_of("ann")] == ["talk"]
        wakes = await store.claim_wakes(CHANNELS, "me", LEASE, now() + datetime.timedelta(days=2))
        assert [wake.wake for wake in wakes] == ["did it work"]
        assert await store.forget_workspace("acme") == 3


async def test_what_was_in_somebodys_hands_is_due_at_once_and_their_marks_are_refused(move: tuple[str, Callable[[bytes], str]]) -> None:
    source, target_for = move
    async with opened(source) as store:
        first, second = await begun(store, [post("0.0"), probe("0.1")], owner="dead")
    content = exported(source)
    target = target_for(content)
    imported(target, content)

    async with opened(target) as store:
        claimed = {one.effect.id: one for one in await claim(store, "me")}

        assert set(claimed) == {"0.0", "0.1"}
        assert claimed["0.0"].key == first.key
        assert claimed["0.0"].earlier_attempt
        assert await store.done(first, "M1") is Marked.LOST
        assert await store.done(second) is Marked.LOST
        assert await store.done(claimed["0.0"], "M1") is Marked.DONE


async def test_there_and_back_it_is_the_same(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    sqlite, valkey = lasting(request, "sqlite", tmp_path), lasting(request, "valkey", tmp_path)
    async with opened(sqlite) as store:
        await fill(store)
    content = exported(sqlite)

    imported(valkey, content)
    back = f"sqlite:{tmp_path / 'back.sqlite'}"
    imported(back, exported(valkey))

    assert _held(exported(back)) == _held(content)


def _held(content: bytes) -> tuple[list[Talk], list[str], list[tuple[str, bytes, bool]]]:
    """What must not change: times to the millisecond, and a claim's talk only where it is needed, for those of our own events."""
    records: list[Record] = list(archives.read(io.BytesIO(content)))
    talks = [_rounded(one) for one in records if isinstance(one, Talk)]
    claims = [f"{one.key} {one.talk if one.own else ''} {one.at:.0f}" for one in records if isinstance(one, Claim)]
    things = [(one.name, one.value, one.until is None) for one in records if isinstance(one, Thing)]
    return sorted(talks, key=lambda one: one.talk), sorted(claims), sorted(things)


def _rounded(one: Talk) -> Talk:
    inbox = tuple(dataclasses.replace(event, received=round(event.received, 3)) for event in one.inbox)
    outbox = tuple(
        dataclasses.replace(effect, ready=round(effect.ready, 3))
        if effect.state == "owed"
        else dataclasses.replace(effect, ready=0.0, fence=0, attempts=0, in_order=True)
        for effect in one.outbox
    )
    head = None if one.head is None else dataclasses.replace(one.head, updated=round(one.head.updated, 3))
    wakes = tuple(dataclasses.replace(wake, ready=0.0) for wake in one.wakes)
    return dataclasses.replace(one, head=head, inbox=inbox, outbox=outbox, wakes=wakes)


async def test_every_table_of_the_file_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    async with opened(f"sqlite:{path}"):
        pass
    with sqlite3.connect(path) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")} - {"sqlite_sequence"}
    db.close()

    assert set(TABLES) == names


async def test_a_talk_begun_on_one_store_goes_on_upon_the_other(move: tuple[str, Callable[[bytes], str]]) -> None:
    """The real machine and reader: it asks on the first store, and knows on the second what it has asked."""
    known = knowledge()
    source, target_for = move
    room = Room()

    def step(conversation: Conversation, event: AnyEvent) -> Step:
        return machine.step(conversation, event, known)

    def read(text: SafeText, asked: str | None) -> Reading:
        return reading.read(text, known, asked)

    async def hears(address: str, number: int, text: str) -> None:
        async with opened(address) as store:
            service = service_on(
                store,
                room,
                step=lambda one, event: machine.step(one, event, known),
                read=lambda text, asked: reading.read(text, known, asked),
            )
            async with running(service):
                assert await service.receive(said_to_service(text, number))
                await service.idle(TALK)

    await hears(source, 1, "mail does not go out any more")
    begun_with = len(room.texts())
    content = exported(source)
    target = target_for(content)
    imported(target, content)
    await hears(target, 2, "thunderbird, smtp.example.com port 587, error 535 authentication failed")

    assert 0 < begun_with < len(room.texts())
    async with opened(target) as store:
        conversation = (await store.load(TALK)).conversation
    assert conversation is not None
    assert [line.text for line in conversation.transcript if line.who == "person"][:1] == ["mail does not go out any more"]
    assert conversation.slots.client is not None


# --- the file --------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def content(tmp_path: Path) -> bytes:
    address = f"sqlite:{tmp_path / 'source.sqlite'}"
    async with opened(address) as store:
        await fill(store)
    return exported(address)


def with_line(content: bytes, number: int, line: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join([*lines[:number], line, *lines[number + 1 :]])


def signed(content: bytes) -> bytes:
    """The same with a last line that fits."""
    *lines, last = content.splitlines(keepends=True)
    end = json.loads(last) | {"sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    return b"".join(lines) + json.dumps(end, separators=(",", ":")).encode() + b"\n"


def refused(content: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        archives.verify(io.BytesIO(content))
    return str(caught.value)


def test_the_last_line_tells_what_the_file_holds(content: bytes) -> None:
    end = json.loads(content.splitlines()[-1])

    names = ("talks", "events", "effects", "wakes", "claims", "things", "lessons")
    assert [end[name] for name in names] == [3, 3, 5, 1, 6, 2, 1]
    assert content.isascii()


def test_what_is_no_export_is_said(content: bytes) -> None:
    assert "is empty" in refused(b"")
    assert "no export of a store" in refused(b"my diary\n")
    assert "no export of a store" in refused(b'{"user": "hello"}\n')
    assert "no export of a store" in refused(b"\x1f\x8b\x08")


def test_a_file_of_another_format_is_said(content: bytes) -> None:
    assert "format 2 and this Postmaster reads 1" in refused(content.replace(b'"version":1', b'"version":2', 1))


def test_a_file_that_was_cut_off_is_said_wherever_it_ends(content: bytes) -> None:
    for size in range(1, len(content), 97):
        sentence = refused(content[:size])
        assert "cut off" in sentence or "no export of a store" in sentence


def test_a_file_that_was_changed_is_said(content: bytes) -> None:
    assert "was changed" in refused(content.replace(b"hello", b"hallo", 1))
    assert "was changed" in refused(b"".join(content.splitlines(keepends=True)[:3] + content.splitlines(keepends=True)[4:]))
    assert "stands behind the last one" in refused(content + content)


@pytest.mark.parametrize(
    "line",
    [b"{}\n", b'{"kind":"recipe"}\n', b'{"kind":"talk"}\n', b'{"kind":"thing","name":"n","value":"!"}\n', b'{"kind":"claim","x":1}\n'],
)
def test_a_line_that_no_store_writes_is_said_with_its_number(content: bytes, line: bytes) -> None:
    assert "Line 3 is nothing that a store holds" in refused(signed(with_line(content, 2, line)))
    assert "Line 3 is not JSON" in refused(with_line(content, 2, b"[[[[\n"))


async def test_a_filling_that_fails_leaves_an_sqlite_store_as_it_was(content: bytes, tmp_path: Path) -> None:
    address = f"sqlite:{tmp_path / 'target.sqlite'}"
    async with opened(address) as store:
        await begun(store, key="mine")

    with pytest.raises(UsageError, match="cut off"):
        _fill_from(address, content[: len(content) // 2])

    async with opened(address) as store:
        assert (await store.load("mine")).conversation is not None
        assert (await store.load("talk")).conversation is None


async def test_a_filling_that_ends_in_the_middle_keeps_everybody_out_of_a_valkey_store(content: bytes, valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
    with pytest.raises(UsageError, match="cut off"):
        _fill_from(valkey, content[: len(content) // 2])

    with pytest.raises(StoreUnreachable, match="part of an import that did not end"):
        async with opened(valkey):
            pass

    imported(valkey, content, empty_first=True)
    async with opened(valkey) as store:
        assert (await store.load("talk")).version == 2


def _fill_from(address: str, content: bytes) -> None:
    archive = open_archive(address, new=True)
    try:
        archive.fill(archives.read(io.BytesIO(content)), empty_first=True)
    finally:
        archive.close()


# --- looking after it ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def archive(lasting_address: str) -> AsyncIterator[Archive]:
    store = open_store(lasting_address)
    await store.open()
    await fill(store)
    await store.close()
    made = open_archive(lasting_address)
    yield made
    made.close()


def test_a_store_that_is_looked_after_has_no_fault(archive: Archive) -> None:
    found = inspect(archive, now().timestamp())

    assert found.faults == []
    assert (found.waiting, dict(found.parked), found.owed) == (2, {"ValueError": 1}, 3)


def test_what_is_due_for_long_and_what_is_leased_is_counted(archive: Archive) -> None:
    assert inspect(archive, now().timestamp()).leased == 2
    assert inspect(archive, now().timestamp() + 3600).late == 5


async def test_a_lease_that_a_fast_clock_gave_is_said(lasting_address: str) -> None:
    async with opened(lasting_address) as store:
        await store.commit(talk(), 0, [post("0.0")], (), owner="fast", lease_until=now() + datetime.timedelta(days=1))
    archive = open_archive(lasting_address)

    found = inspect(archive, now().timestamp())
    archive.close()

    assert ["a clock ran ahead" in fault.text for fault in found.faults] == [True]


async def test_what_a_valkey_has_lost_of_its_indexes_is_found_and_mended(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
        async with opened(valkey) as store:
            await fill(store)
        client.delete("postmaster:updated", "postmaster:look:test", "postmaster:of:p:ann")
        client.zadd("postmaster:updated", {"gone": 1.0})
        client.sadd("postmaster:of:m:gone", "gone")
        async with opened(valkey) as store:
            assert list(await store.waiting(CHANNELS)) == []
        archive = open_archive(valkey)

        found = inspect(archive, now().timestamp())
        inspect(archive, now().timestamp(), repair=True)
        afterwards = inspect(archive, now().timestamp())
        archive.close()

    texts = " ".join(fault.text for fault in found.faults)
    assert not found.sound
    assert "never be looked at" in texts
    assert "not be deleted when they are old" in texts
    assert "not be found to be forgotten" in texts
    assert "2 conversations that are gone" in texts
    assert afterwards.faults == []
    async with opened(valkey) as store:
        assert list(await store.waiting(CHANNELS)) == ["talk", "waits"]
        assert len(await store.conversations_of("ann")) == 1


async def test_what_belongs_to_no_talk_is_found_in_an_sqlite_file_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    async with opened(f"sqlite:{path}") as store:
        await fill(store)
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM conversation WHERE key = 'talk'")
        db.execute("DELETE FROM inbox WHERE conversation = 'talk'")
        db.execute("UPDATE inbox SET body = '{}'")
    db.close()
    archive = open_archive(f"sqlite:{path}")

    found = inspect(archive, now().timestamp(), repair=True)
    archive.close()

    assert [(fault.text.partition(" ")[2], fault.mended) for fault in found.faults] == [
        ("rows of the table effect belong to no conversation.", True),
        ("rows of the table wake belong to no conversation.", True),
        ("rows of the table trace belong to no conversation.", True),
        ("entries cannot be read (event: KeyError): tell us, and delete what they belong to.", False),
    ]


async def test_whoever_has_the_store_open_is_seen(lasting_address: str) -> None:
    async with opened(lasting_address) as store:
        await store.load("talk")
        beside = open_archive(lasting_address)
        assert beside.in_use()
        beside.close()

    alone = open_archive(lasting_address)
    await until(lambda: not alone.in_use())  # a server hears of a closed connection a moment later
    alone.close()


def test_a_store_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="There is no store at"):
        open_archive(f"sqlite:{tmp_path / 'no.sqlite'}")
    with pytest.raises(UsageError, match="gone with its process"):
        open_archive("memory:")
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        open_archive("redis://127.0.0.1:1/0").is_empty()

    assert list(tmp_path.iterdir()) == []

"""The files become the shapes; what is wrong in them is said with file and line; the copy in the cache never changes an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge import cache, load
from knowledge.lines import line_of
from knowledge.load import Broken, load_files
from knowledge.model import Example, NearMiss, Pattern, Place, When
from knowledge.terms import Endpoint, Security, Source

PROVIDER = """\
name = "Example Mail"
domains = ["example.com"]

[[servers]]
host = "smtp.example.com"
port = 465
security = "implicit_tls"
auth = "password"

[app_password]
need = "required"
source = "https://example.com/app"
checked = "2026-11"

[[traps]]
text = "Look out."
concerns = ["port"]
since = 2026-11-24
"""

CAUSE = """\
[wrong_mode]
title = "The port and the encryption do not belong together"
meaning = "TLS was spoken where a greeting in clear was due."
patterns = ['wrong version', { regex = 'record layer', vendor = "openssl", weight = "weak" }]
examples = [
    "wrong version number",
    { text = "SSL: WRONG_VERSION_NUMBER", from = "Python 3.11" },
]
near_misses = [{ text = "all is well", is = "" }]

[[wrong_mode.fixes]]
set = { security = "starttls", port = 587 }
when = { port = [587, 25], security = "implicit_tls", since = 2026-01-01 }

[[wrong_mode.sources]]
url = "https://www.rfc-editor.org/rfc/rfc8314"
checked = 2026-11-24
"""

CLIENT = """\
name = "Example Client"
kind = "desktop"
oauth2 = true

[words]
implicit_tls = "SSL/TLS"

[places]
host = "Server Name"
port = { text = "PORT = {value}", code = true, versions = "2 and newer" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "knowledge"
    for kind in ("providers", "causes", "clients"):
        (place / kind).mkdir(parents=True)
    return place


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(Broken) as caught:
        load_files(folder)
    return caught.value.problems


def test_everything_that_is_shipped_loads_and_agrees_with_itself() -> None:
    found = load_files()

    assert found.providers
    assert found.causes
    assert found.clients


def test_a_provider_file_becomes_a_provider(folder: Path) -> None:
    (folder / "providers" / "example.toml").write_text(PROVIDER)

    provider = load_files(folder).providers["example"]

    assert provider.name == "Example Mail"
    assert provider.servers[0].endpoint == Endpoint("smtp.example.com", 465, Security.IMPLICIT_TLS)
    assert provider.servers[0].auth == ("password",)
    assert provider.username == "full_address"
    assert provider.app_password is not None
    assert provider.app_password.source == Source("https://example.com/app", "2026-11")
    assert provider.traps[0].since == "2026-11-24"
    assert provider.oauth2 is None


def test_a_table_of_a_family_becomes_a_cause_with_the_familys_name_in_front(folder: Path) -> None:
    (folder / "causes" / "tls.toml").write_text(CAUSE)

    cause = load_files(folder).causes["tls.wrong_mode"]

    assert cause.patterns == (Pattern("wrong version"), Pattern("record layer", "openssl", "weak"))
    assert cause.examples == (Example("wrong version number"), Example("SSL: WRONG_VERSION_NUMBER", "Python 3.11"))
    assert cause.near_misses == (NearMiss("all is well", None),)
    assert cause.fixes[0].set == {"port": "587", "security": "starttls"}
    assert cause.fixes[0].when == When(ports=(587, 25), securities=(Security.IMPLICIT_TLS,), since="2026-01-01")


def test_a_fix_without_a_source_has_that_of_its_cause(folder: Path) -> None:
    (folder / "causes" / "tls.toml").write_text(CAUSE)

    fix = load_files(folder).causes["tls.wrong_mode"].fixes[0]

    assert fix.source == Source("https://www.rfc-editor.org/rfc/rfc8314", "2026-11-24")


def test_a_table_named_like_its_file_is_a_bare_family(folder: Path) -> None:
    (folder / "causes" / "greylisted.toml").write_text('[greylisted]\ntitle = "Later"\nmeaning = "Try again."\n')

    assert "greylisted" in load_files(folder).causes


def test_a_client_file_becomes_a_client(folder: Path) -> None:
    (folder / "clients" / "example.toml").write_text(CLIENT)

    client = load_files(folder).clients["example"]

    assert client.words == {Security.IMPLICIT_TLS: "SSL/TLS"}
    assert client.places["host"] == Place("Server Name")
    assert client.places["port"] == Place("PORT = {value}", code=True, versions="2 and newer")


def test_words_outdated_advice_and_sentences_are_read_too(folder: Path) -> None:
    (folder / "glossary.toml").write_text('[relay]\nname = "relay"\ntext = "A server that passes mail on."\n')
    (folder / "folklore.toml").write_text("[live_host]\npatterns = ['smtp\\.live\\.com']\nsays = \"It is gone.\"\n")
    (folder / "phrases.toml").write_text('[talk]\nhello = "Hi {who}"\n[talk.plural]\none = "one"\n')

    found = load_files(folder)

    assert found.terms["relay"].text == "A server that passes mail on."
    assert found.folklore["live_host"].says == "It is gone."
    assert found.phrases == {"talk.hello": "Hi {who}", "talk.plural.one": "one"}


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ('security = "implicit_tls"', 'security = "ssl"', 7, "ssl"),
        ("port = 465", 'port = "many"', 6, "port"),
        ('host = "smtp.example.com"\n', "", 4, "'host' is missing"),
        ('auth = "password"', 'aut = "password"', 8, "'aut' is not known"),
        ('need = "required"', 'need = "maybe"', 11, "maybe"),
        ('checked = "2026-11"', 'checked = "November"', 13, "is a day"),
        ('concerns = ["port"]', 'concerns = ["colour"]', 17, "neither a cause nor a setting"),
        ("domains = [", "domains = [7, ", 2, "domains"),
        ('name = "Example Mail"\n', "", 1, "name is missing"),
        ('name = "Example Mail"', "name = Example", 1, "not TOML"),
    ],
)
def test_a_fault_is_told_with_file_and_line(folder: Path, wrong: str, right: str, line: int, said: str) -> None:
    assert wrong in PROVIDER
    (folder / "providers" / "example.toml").write_text(PROVIDER.replace(wrong, right))

    (problem,) = problems_of(folder)

    assert problem.startswith(f"knowledge/providers/example.toml:{line}: ")
    assert said in problem


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "providers" / "one.toml").write_text("name = 1\n")
    (folder / "providers" / "two.toml").write_text('nam = "Two"\n')
    (folder / "clients" / "three.toml").write_text('name = "Three"\n')
    (folder / "phrases.toml").write_text("[talk]\nhello = 7\n")

    assert len(problems_of(folder)) == 4


def test_a_file_that_nothing_would_read_is_told(folder: Path) -> None:
    (folder / "gmail.toml").write_text(PROVIDER)
    (folder / "providers" / "Example Mail.toml").write_text(PROVIDER)

    nobody_reads, no_id = problems_of(folder)

    assert nobody_reads.startswith("knowledge/gmail.toml:1: nothing reads this file")
    assert no_id.startswith("knowledge/providers/Example Mail.toml:1: the name becomes an id")


def test_a_file_that_is_not_utf8_is_told_with_the_line(folder: Path) -> None:
    (folder / "providers" / "example.toml").write_bytes(b'name = "Example"\naliases = ["Caf\xe9"]\n')

    (problem,) = problems_of(folder)

    assert problem.startswith("knowledge/providers/example.toml:2: ")
    assert "UTF-8" in problem


def test_a_pattern_that_re2_does_not_take_is_told_with_its_own_line(folder: Path) -> None:
    (folder / "causes" / "tls.toml").write_text(CAUSE.replace("'wrong version', {", "'wrong version',\n  'a(?=b)', {"))

    (problem,) = problems_of(folder)

    assert problem.startswith("knowledge/causes/tls.toml:5: ")


def test_a_domain_in_two_files_is_told(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / "providers" / f"{name}.toml").write_text('name = "Twice"\ndomains = ["example.com"]\n')

    (problem,) = problems_of(folder)

    assert problem == "knowledge/providers/two.toml:2: 'example.com' stands in one.toml too; keep it in one of them"


def test_ids_that_nothing_has_are_told(folder: Path) -> None:
    (folder / "providers" / "example.toml").write_text(PROVIDER + '[oauth2]\nneed = "optional"\nprograms = ["nobody"]\n')
    (folder / "causes" / "tls.toml").write_text(CAUSE.replace('is = ""', 'is = "tls.nothing"'))
    (folder / "clients" / "example.toml").write_text(CLIENT.replace('kind = "desktop"', 'kind = "desktop"\nfamily = "none"'))

    found = problems_of(folder)

    assert ["nobody" in found[0], "tls.nothing" in found[1], "'none'" in found[2]] == [True, True, True]


def test_a_fix_that_changes_nothing_is_told(folder: Path) -> None:
    (folder / "causes" / "tls.toml").write_text(CAUSE.replace('set = { security = "starttls", port = 587 }\n', ""))

    (problem,) = problems_of(folder)

    assert "changes nothing" in problem


def test_the_line_of_a_key_is_found_in_nested_tables_and_lists() -> None:
    text = 'a = 1\n[[b]]\nc = [\n  "x", # "]"\n  { d = """\n]"""\n, e = 2 },\n]\n[[b]]\n[b.f]\n"g h" = 3\n'

    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("b", 0, "c", 0)) == 4
    assert line_of(text, ("b", 0, "c", 1, "d")) == 5
    assert line_of(text, ("b", 0, "c", 1, "e")) == 7
    assert line_of(text, ("b", 1)) == 9
    assert line_of(text, ("b", 1, "f", "g h")) == 11
    assert line_of(text, ("b", 1, "nothing")) == 9
    assert line_of(text, ("nothing",)) == 1


# --- the copy in the cache ---


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "postmaster" / cache._path().name


def test_the_copy_says_the_same_as_the_files(copy: Path) -> None:
    files = load_files()

    cache.write("key", files)
    found = cache.read("key")

    assert found is not None
    assert found == files


def test_a_copy_made_under_another_fingerprint_is_not_taken(copy: Path) -> None:
    cache.write("key", load_files())

    assert cache.read("other key") is None


def test_a_changed_file_changes_the_fingerprint(folder: Path) -> None:
    path = folder / "providers" / "example.toml"
    path.write_text(PROVIDER)
    before = cache.fingerprint(folder)

    path.write_text(PROVIDER + "\n")
    changed = cache.fingerprint(folder)
    path.rename(folder / "providers" / "other.toml")

    assert len({before, changed, cache.fingerprint(folder)}) == 3


@pytest.mark.parametrize("damage", ["cut short", "one byte other", "nothing in it", "noise"])
def test_a_damaged_copy_is_not_taken(copy: Path, damage: str) -> None:
    cache.write("key", load_files())
    data = copy.read_bytes()
    half = len(data) // 2
    other = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
    copy.write_bytes({"cut short": data[:-100], "one byte other": other, "nothing in it": b"", "noise": os.urandom(4096)}[damage])

    assert cache.read("key") is None


def test_a_copy_that_others_may_write_is_not_taken(copy: Path) -> None:
    cache.write("key", load_files())
    copy.chmod(0o666)

    assert cache.read("key") is None


def test_a_copy_behind_a_link_is_not_taken(copy: Path) -> None:
    cache.write("key", load_files())
    elsewhere = copy.rename(copy.with_name("elsewhere.json"))
    copy.symlink_to(elsewhere)

    assert cache.read("key") is None


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_something_else_where_the_copy_should_be_does_no_harm(copy: Path, kind: str) -> None:
    copy.parent.mkdir(parents=True)
    copy.mkdir() if kind == "folder" else os.mkfifo(copy)

    assert cache.read("key") is None
    cache.write("key", load_files())


def test_a_cache_that_cannot_be_written_is_done_without(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    cache.write("key", load_files())

    assert cache.read("key") is None


def test_the_copy_is_for_its_owner_only_and_nothing_else_is_left(copy: Path) -> None:
    cache.write("key", load_files())

    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_second_start_reads_the_copy_and_imports_nothing_heavy(copy: Path) -> None:
    program = (
        "import sys; from knowledge.index import index; found = index();"
        "print(found.by_domain('gmail.com').id, *(name in sys.modules for name in ('pydantic', 're2', 'tomllib', 'rapidfuzz')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(load.FOLDER.parent)}

    starts = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert starts[0].startswith("gmail True")
    assert starts[1] == "gmail False False False False\n"


def test_another_installations_copy_is_left_alone_until_it_is_long_forgotten(copy: Path) -> None:
    copy.parent.mkdir(parents=True)
    young, old = copy.parent / "knowledge-00000001.json", copy.parent / "knowledge-00000002.json"
    for other in (young, old):
        other.write_text("{}")
    os.utime(old, (0, 0))

    cache.write("key", load_files())

    assert {file.name for file in copy.parent.iterdir()} == {copy.name, young.name}

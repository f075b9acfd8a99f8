"""Which provider, client or cause is meant by a domain, a server, an MX or a word? Looks up only; asks no network, changes nothing.

Built in a blink over `Knowledge`; each table, and RE2 for the few names that are patterns, comes when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from knowledge.load import FOLDER, derived, knowledge
from knowledge.model import Cause, Client, Knowledge, Provider, Server, Term
from knowledge.names import Hit, Names
from knowledge.near import SLIPS_OF_COM, nearest_domain, nearest_host, registered, suggestions
from knowledge.tables import made

V = TypeVar("V")
Kind = Literal["providers", "clients", "causes"]


class Index:
    """Look-ups over one `Knowledge`. Names may be given in any case, with a dot at the end, in Unicode or in ASCII form (xn--…)."""

    def __init__(self, found: Knowledge, make_tables: Callable[[], dict[str, Any]] | None = None) -> None:
        """`make_tables`: where somebody keeps the tables of `found` (`knowledge.tables`); else they are made when first needed."""
        self.knowledge = found
        self._make_tables = make_tables or (lambda: made(found))

    # --- by id ---

    def provider(self, id: str) -> Provider | None:
        return self.knowledge.providers.get(id)

    def cause(self, id: str) -> Cause | None:
        return self.knowledge.causes.get(id)

    def client(self, id: str) -> Client | None:
        return self.knowledge.clients.get(id)

    def phrase(self, id: str, **values: object) -> str:
        """The sentence `id` with `values` filled in. Raises KeyError for an id or a value that is missing."""
        return self.knowledge.phrases[id].format_map(values)

    # --- providers by what belongs to them ---

    def by_domain(self, domain: str) -> Provider | None:
        """Whose domain of addresses this is: named, below a named one, or one of a family (yahoo.*). None: nobody's that is known."""
        name = ascii_form(domain)
        for candidate in _with_parents(name):
            if candidate in self._domains:
                return self.provider(self._domains[candidate])
        return self.provider(self._domain_family(name) or "")

    def by_host(self, host: str) -> Provider | None:
        """Whose submission server this is, or was. None: nobody's that is known."""
        name = ascii_form(host)
        return self.provider(self._hosts.get(name) or self._host_family(name) or "")

    def by_mx(self, host: str) -> Provider | None:
        """Who takes the mail of a domain with this MX; the longest known suffix decides."""
        return self._by_suffix(host, self._mx)

    def by_ns(self, host: str) -> Provider | None:
        """Whose name servers these are; the longest known suffix decides."""
        return self._by_suffix(host, self._ns)

    def servers_for(self, provider: Provider, domain: str | None = None) -> tuple[Server, ...]:
        """The servers to offer for an address at `domain`, the best first: those named for it or a domain above it, else those for all."""
        for name in _with_parents(ascii_form(domain or "")):
            if own := tuple(one for one in provider.servers if name in one.domains):
                return own
        return tuple(one for one in provider.servers if not one.domains) or provider.servers

    def is_old_host(self, host: str) -> bool:
        """Is it a server name that is gone, or that must not be entered any more?"""
        name = ascii_form(host)
        provider = self.by_host(name)
        return provider is not None and name in provider.old_hosts

    @cached_property
    def known_ports(self) -> Mapping[str, tuple[int, ...]]:
        """Host -> the ports beside the usual ones that an entry names for it; probes may ask them at that host."""
        return {host: tuple(ports) for host, ports in self._tables["ports"].items()}

    # --- by words ---

    def by_name(self, text: str) -> Provider | None:
        """The provider that a text names; the longest name wins, then the first. An id alone counts as a name."""
        alone = self.provider(text.strip().lower())
        hits = self.names_in(text)
        if alone is not None or not hits:
            return alone
        return self.provider(max(hits, key=lambda hit: (hit[1] - hit[0], -hit[0]))[2])

    def names_in(self, text: str) -> tuple[Hit, ...]:
        """Providers that a text names, as (start, end, id), left to right. A domain of theirs counts where it stands alone."""
        return self._provider_names.hits(text)

    def client_names_in(self, text: str) -> tuple[Hit, ...]:
        """Clients that a text names, as (start, end, id), left to right."""
        return self._client_names.hits(text)

    def client_named(self, text: str) -> Client | None:
        """The client that an id, a name, a nickname or a word of just one name means, in any case ("Apple Mail", "iphone", "Brother"); the
        longest name wins. None: no known one, or several."""
        words = " ".join(text.split())
        if (alone := self.client(words.lower()) or self.client(words.lower().replace(" ", "-"))) is not None:
            return alone
        if hits := self.client_names_in(words):
            return self.client(max(hits, key=lambda hit: (hit[1] - hit[0], -hit[0]))[2])
        word = words.lower()
        beginning = [id for id in self.knowledge.clients if id.startswith(f"{word}-")]
        of = beginning or [id for id, _, names, _ in self._labels["clients"] if any(word in name.split() for name in names)]
        return self.client(of[0]) if len(of) == 1 else None

    def provider_named(self, text: str) -> Provider | None:
        """The provider that an id, a name, or a domain or server of its means. None: no known one."""
        return self.by_name(text) or self.by_domain(text.rpartition("@")[2]) or self.by_host(text)

    def term(self, text: str) -> Term | None:
        """The glossary's word that a text asks about, by name, alias or id; the longest wins."""
        hits = self._term_names.hits(text)
        return self.knowledge.terms[max(hits, key=lambda hit: (hit[1] - hit[0], -hit[0]))[2]] if hits else None

    def term_alone(self, text: str) -> Term | None:
        """The glossary's word that is all of `text`, by name, alias or id; None where anything is said besides."""
        whole = text.strip()
        hits = self._term_names.hits(whole)
        return self.knowledge.terms[hits[0][2]] if len(hits) == 1 and hits[0][:2] == (0, len(whole)) else None

    def suggest(self, query: str, limit: int = 5) -> tuple[str, ...]:
        """Names, domains and servers that `query` may have been meant to be, best first."""
        return suggestions(query, self._suggestible, limit)

    def suggest_clients(self, text: str, limit: int = 5) -> tuple[str, ...]:
        """Ids of the clients whose names `text` may have been meant to be, best first."""
        named: dict[str, str] = {}
        for id, _, names, _ in self._labels["clients"]:
            if id != "other":
                for name in names:
                    named |= dict.fromkeys((name, *(word for word in name.split() if len(word) > 4)), id)
        return suggestions(text, named, limit)

    def nearest_host(self, host: str) -> str | None:
        """The known server that `host` is a slip of the finger away from; None where it is known or belongs to somebody known."""
        name = ascii_form(host)
        if not name or name in self._hosts or name.rpartition(".")[2].isdigit():  # an address has no slips that one could see
            return None
        of_a_family = self._host_family(name) or self._domain_family(registered(name))
        if of_a_family and name.rpartition(".")[2] not in SLIPS_OF_COM:
            return None
        return nearest_host(name, self._current_hosts, self._owned) or self._host_of_nearest_domain(name)

    def _host_of_nearest_domain(self, name: str) -> str | None:
        """smtp.oulook.com -> smtp-mail.outlook.com: the domain is a slip away, and its owner's server has another name."""
        domain = registered(name)
        meant = nearest_domain(domain, self._owned)
        if meant is None or name == domain:
            return None
        same = name.removesuffix(domain) + meant
        if same in self._current_hosts:
            return same
        if owner := self.by_domain(meant):
            return next((one.endpoint.host for one in self.servers_for(owner, meant)), None)
        return min((host for host in self._current_hosts if registered(host) == meant), default=None)

    def typeahead(self, kind: Kind, text: str, limit: int = 25) -> tuple[tuple[str, str], ...]:
        """(id, label) of the entries that go on as `text` does: label, then another name, then a word in a name, then anywhere.

        For an empty text those about which most is known come first.
        """
        wanted = text.strip().lower()
        ranked = []
        for id, label, words, weight in self._labels[kind]:
            places = [word.find(wanted) for word in words]
            if not any(place >= 0 for place in places):
                continue
            inside = any(place > 0 and not word[place - 1].isalnum() for word, place in zip(words, places, strict=True))
            rank = 0 if places[0] == 0 else 1 if 0 in places else 2 if inside else 3
            ranked.append((rank, 0 if wanted else -weight, label.lower(), id, label))
        return tuple((id, label) for *_, id, label in sorted(ranked)[:limit])

    # --- tables ---

    @cached_property
    def _tables(self) -> dict[str, Any]:
        return self._make_tables()

    def _ids(self, kind: str) -> dict[str, str]:
        found: dict[str, str] = self._tables[kind]
        return found

    @property
    def _domains(self) -> dict[str, str]:
        return self._ids("domains")

    @property
    def _hosts(self) -> dict[str, str]:
        return self._ids("hosts")

    @cached_property
    def _current_hosts(self) -> frozenset[str]:
        return frozenset(self._hosts).difference(self._tables["old_hosts"])

    @cached_property
    def _owned(self) -> frozenset[str]:
        """Domains that belong to somebody known: of addresses, and those under which known servers stand."""
        return frozenset(self._domains).union(map(registered, self._hosts))

    @property
    def _mx(self) -> dict[str, str]:
        return self._ids("mx")

    @property
    def _ns(self) -> dict[str, str]:
        return self._ids("ns")

    def _by_suffix(self, host: str, owners: Mapping[str, str]) -> Provider | None:
        return next((self.provider(owners[name]) for name in _with_parents(ascii_form(host)) if name in owners), None)

    @cached_property
    def _domain_family(self) -> Callable[[str], str | None]:
        return _families(self._tables["domain_patterns"])

    @cached_property
    def _host_family(self) -> Callable[[str], str | None]:
        return _families(self._tables["host_patterns"])

    @cached_property
    def _provider_names(self) -> Names:
        return Names(self._tables["provider_names"], whole=self._domains)

    @cached_property
    def _client_names(self) -> Names:
        return Names(self._tables["client_names"])

    @cached_property
    def _term_names(self) -> Names:
        return Names(self._tables["term_names"])

    @cached_property
    def _suggestible(self) -> Mapping[str, str]:
        shown: dict[str, str] = {}
        for one in self.knowledge.providers.values():
            servers = (server.endpoint.host for server in one.servers)
            for name in (*one.domains, *servers, one.name, *one.aliases):
                shown.setdefault(name.lower(), name)
        # "outlok" is meant to be outlook.com, though nobody writes the end.
        for one in self.knowledge.providers.values():
            for domain in one.domains[:5]:
                shown.setdefault(domain.partition(".")[0], domain)
        return shown

    @cached_property
    def _labels(self) -> Mapping[str, tuple[tuple[str, str, tuple[str, ...], int], ...]]:
        """Kind -> (id, label, what may be typed for it, how much is known about it)."""

        def labels(entries: Mapping[str, V], names: Callable[[V], tuple[str, ...]], weight: Callable[[V], int]) -> Iterator[Any]:
            for id, entry in entries.items():
                yield id, names(entry)[0], tuple(name.lower() for name in (*names(entry), id)), weight(entry)

        found = self.knowledge
        return {
            "providers": tuple(
                labels(found.providers, lambda one: (one.name, *one.aliases, *one.domains[:10]), lambda one: len(one.traps))
            ),
            "clients": tuple(labels(found.clients, lambda one: (one.name, *one.aliases), lambda one: len(one.places))),
            "causes": tuple(labels(found.causes, lambda one: (one.title,), lambda one: len(one.examples))),
        }


@cache
def index() -> Index:
    """The index over everything that is shipped; the same one each time. Raises `knowledge.load.Broken`."""
    return Index(knowledge(), lambda: derived("index", FOLDER, made))


def ascii_form(name: str) -> str:
    """A domain or host name in lower case and ASCII form (xn--…), without dots at its ends; "" where it cannot be one."""
    plain = name.strip().strip(".").lower()
    if len(plain) > 253 or not plain:
        return ""
    if plain.isascii():
        return plain
    import idna

    try:
        return idna.encode(plain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _with_parents(name: str) -> Iterator[str]:
    """`name`, then the names above it, down to two labels."""
    labels = name.split(".")
    for first in range(max(len(labels) - 1, 1)):
        yield ".".join(labels[first:])


def _families(patterns: Iterable[tuple[str, str]]) -> Callable[[str], str | None]:
    """A function from a name to the first id one of whose patterns matches all of it."""
    import re2

    compiled = [(id, re2.compile(pattern)) for id, pattern in patterns]

    @cache
    def family(name: str) -> str | None:
        return next((id for id, pattern in compiled if pattern.fullmatch(name)), None)

    return family

"""What does one entry of the knowledge look like? Frozen shapes only; `load.py` fills them from TOML, `index.py` looks them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.terms import Endpoint, Security, Source

AuthMethod = Literal["password", "app_password", "oauth2", "api_key", "none"]
Status = Literal["alive", "changed", "ended"]
UsernameForm = Literal["full_address", "local_part", "other"]
Need = Literal["required", "optional", "none", "unknown"]
Who = Literal["you", "your_admin", "provider", "recipient"]
ClientKind = Literal["desktop", "phone", "web", "library", "framework", "application", "server", "device", "family"]

# Everything a fix can set; each client says where it keeps each of these.
SETTINGS = ("host", "port", "security", "authentication", "username", "password", "sender")
Setting = Literal["host", "port", "security", "authentication", "username", "password", "sender"]


@dataclass(frozen=True, slots=True)
class Server:
    """One submission endpoint of a provider; the first of a provider is the one to recommend.

    `domains` are the addresses' domains that must use it (a region, a brand that was bought); empty: every domain of the provider.
    """

    endpoint: Endpoint
    auth: tuple[AuthMethod, ...] = ()
    note: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppPassword:
    """The provider's rule for passwords made for one program. `name` is the provider's own word ("authorization code")."""

    need: Need
    name: str = "app password"
    url: str | None = None
    enable_first: str = ""  # what must be switched on before one can be made, as a noun; empty: nothing
    source: Source | None = None
    where: str = ""  # the menu path to it, from the account's start page or from `url`


@dataclass(frozen=True, slots=True)
class OAuth2:
    """`programs` are client ids that can sign in with OAuth2 at this provider; `note` is for all others."""

    need: Need
    programs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """None: not known. Sizes in MB as the provider states them."""

    messages_per_day: int | None = None
    messages_per_hour: int | None = None
    recipients_per_day: int | None = None
    recipients_per_message: int | None = None
    message_mb: int | None = None
    note: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """What catches people at this provider, in one or two sentences. Shown from `since` until `until` ("YYYY-MM-DD"), None: always.

    `concerns` narrows where it is said: ids of causes ("auth.basic_disabled"), or settings ("port"); empty: with every answer.
    """

    text: str
    concerns: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """Who runs outgoing mail for a set of domains.

    `domains` are those of addresses (lower case, IDNA ASCII form); `domain_patterns` are RE2, matched on the whole domain.
    `hosts` are server names that point to this provider without being recommended (old or further names; `old_hosts` are
    those that are gone or must not be entered any more). `mx` are MX suffixes of domains hosted here, `ns` name-server suffixes.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    domains: tuple[str, ...]
    domain_patterns: tuple[str, ...]
    hosts: tuple[str, ...]
    old_hosts: tuple[str, ...]
    mx: tuple[str, ...]
    ns: tuple[str, ...]
    servers: tuple[Server, ...]
    username: UsernameForm
    username_note: str
    app_password: AppPassword | None
    oauth2: OAuth2 | None
    limits: Limits | None
    traps: tuple[Trap, ...]
    status: Status
    successor: str | None  # id of the provider that took over
    hosts_custom_domains: bool
    sources: tuple[Source, ...]
    host_patterns: tuple[str, ...] = ()  # RE2, matched on the whole server name: regional families, one server a customer
    own_server: str = ""  # each customer has a server of an own name; where it is shown. Then `servers` may be empty
    username_value: str = ""  # the user name where it is the same word for everybody ("apikey"); `username` is then "other"
    access: str = ""  # where sending from programs is switched on, where it is off at first: a menu path


@dataclass(frozen=True, slots=True)
class Example:
    """A text as somebody's program printed it; `origin` says which program or where it was seen."""

    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A text that must not be taken for this cause; `is_` is what it is instead (a cause id), or None for no cause at all."""

    text: str
    is_: str | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """RE2 over the error text. `vendor` narrows it to texts of one vendor (ids in causes/README.md); None: any.

    `weight` is "decisive" (says it all), "normal" or "weak" (a wrapper, a bare code).
    """

    regex: str
    vendor: str | None = None
    weight: Literal["decisive", "normal", "weak"] = "normal"


@dataclass(frozen=True, slots=True)
class When:
    """Conditions of a fix or a step; an empty field does not constrain. All given ones must hold."""

    providers: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    client_kinds: tuple[ClientKind, ...] = ()
    ports: tuple[int, ...] = ()
    securities: tuple[Security, ...] = ()
    codes: tuple[str, ...] = ()  # reply codes or enhanced status codes, "535", "5.7.139"
    app_password: tuple[Need, ...] = ()  # the provider's rule
    # where the fault is: "user" (not seen from here), "bot" (seen from here too, at every port),
    # "some" (seen from some of our sites), "here", "itself" (localhost)
    sites: tuple[str, ...] = ()
    since: str | None = None  # from this day on ("YYYY-MM-DD")
    until: str | None = None  # before this day


@dataclass(frozen=True, slots=True)
class Fix:
    """One way out. Either `set` (settings to change, see SETTINGS) or `do` (what to do besides, in sentences), or both.

    Values in `set`: for `security` a Security; for `port` a number or "of_mode"; otherwise a word the advice understands:
    host "of_provider" | "of_certificate"; authentication "on" | "oauth2"; username "full_address" | "as_provider_says";
    password "app_password" | "account" | "retype"; sender "own_address". `who` can do it. `first`: what must be done
    before the settings are changed, in sentences. `forward`: the message to send on, where it is another than the cause's.
    """

    who: Who
    set: Mapping[str, str]
    do: tuple[str, ...]
    when: When
    url: str | None
    source: Source
    first: tuple[str, ...] = ()
    forward: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong, if it is wrong. `id` is "family.name" (or a bare family such as "greylisted")."""

    id: str
    title: str
    meaning: str
    whose_side: Who
    patterns: tuple[Pattern, ...]
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...]
    fixes: tuple[Fix, ...]  # in order of preference; the first whose `when` holds is the answer
    verify: str  # how the person sees that it worked
    forward: str  # the message to send on to the one who can fix it; "" where that is the person
    likely_with: tuple[str, ...]  # causes that stand beside this one when the text alone cannot tell
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one setting is in one program: a menu path, a key, or a line of code, in the program's own words.

    `text` may hold {value}; `versions` says which ones it was seen in; `code` means it is to be shown as code. `apart`: it is not where
    the client's `open` leads to, and `text` is the whole way.
    """

    text: str
    code: bool = False
    versions: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """A minimal configuration or call with {host} {port} {security…} filled in by the advice. `run` tells whether tests run it."""

    language: str
    implicit_tls: str
    starttls: str
    run: bool = False
    why_not_run: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """A program, library, application or device that sends mail, and where it keeps its settings.

    `open` is the path to the dialog or file, step by step. `words` are the program's own words for the three modes
    (Security -> word). `family` names the entry it belongs to ("printer" for "printer-hp"), None for most.
    `tests_by` says how to send a test message from it. `cannot` are settings the program does not let people change.
    """

    id: str
    name: str
    kind: ClientKind
    family: str | None
    aliases: tuple[str, ...]
    open: tuple[str, ...]
    words: Mapping[Security, str]
    places: Mapping[str, Place]
    cannot: tuple[str, ...]
    oauth2: bool | None
    snippet: Snippet | None
    tests_by: str
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    after: tuple[str, ...] = ()  # what to do once the settings are changed: save, reload, restart


@dataclass(frozen=True, slots=True)
class Term:
    """A word that people ask about, explained in three sentences at most."""

    id: str
    name: str
    aliases: tuple[str, ...]
    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Folklore:
    """Advice that was right once (or never). `patterns` are RE2 over what a person says; `says` is the truth with its date.

    `later`: (day, text) of what is said instead from that day on ("YYYY-MM-DD"), the earliest first.
    """

    id: str
    patterns: tuple[str, ...]
    says: str
    providers: tuple[str, ...]  # said only where one of these is in play; empty: always
    sources: tuple[Source, ...]
    later: tuple[tuple[str, str], ...] = ()

    def says_on(self, day: str) -> str:
        """What is said on `day` ("YYYY-MM-DD")."""
        return next((text for since, text in reversed(self.later) if since <= day), self.says)


@dataclass(frozen=True, slots=True)
class Collection:
    """Another public collection of such facts, and how much it holds. `counts`: "providers", "domains", "causes", "patterns" -> number;
    `at_least`: only a part could be counted; `how` says what was counted."""

    id: str
    name: str
    counts: Mapping[str, int]
    source: Source
    at_least: bool = False
    how: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it, by id. `phrases` are the sentences of the talk (str.format templates)."""

    providers: Mapping[str, Provider]
    causes: Mapping[str, Cause]
    clients: Mapping[str, Client]
    terms: Mapping[str, Term]
    folklore: Mapping[str, Folklore] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, Collection] = field(default_factory=dict)

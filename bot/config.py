"""How is this installation set up? Environment, `*_FILE` and postmaster.toml, checked; one sentence for what is wrong. Connects to nothing.

A key stands in the environment, or in a file that `KEY_FILE` names (secrets), or under the same name in `postmaster.toml` of the
working folder (`POSTMASTER_CONFIG` names another file); the first of these wins. Needs pydantic: import it only where a bot is run.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import UsageError
from bot.observations import USER
from knowledge.terms import MAIL_PORTS

MAX_SECRET_FILE_BYTES = 65_536
MAX_CONFIG_FILE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Address:
    """Where something listens or is asked."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of this process, of `count` in all."""

    ids: tuple[int, ...]
    count: int


# --- how a value is written ------------------------------------------------------------------------------------------------


def _items(value: Any) -> Any:
    return tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value


def _ports(value: Any) -> Any:
    return (value,) if isinstance(value, int) else _items(value)


def _address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    host, colon, port = value.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536 or not host:
        raise ValueError("must be host:port, such as 127.0.0.1:3000")
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def _resolver(value: str) -> str:
    address, port = value, "53"
    if value.startswith("["):
        address, _, port = value[1:].partition("]:")
        address = address.removesuffix("]")
    elif value.count(":") == 1:
        address, _, port = value.partition(":")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise ValueError("must be addresses of resolvers, such as 192.0.2.53 or 192.0.2.53:5353") from None
    if not (port or "53").isdigit():
        raise ValueError("must be addresses of resolvers, such as 192.0.2.53 or 192.0.2.53:5353")
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise ValueError("must be networks, such as 192.0.2.0/24 or 2001:db8::/32") from None


def _port(value: int) -> int:
    if not 0 < value < 65536:
        raise ValueError("must be port numbers from 1 to 65535")
    return value


def _shards(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/([0-9]{1,5})", value.strip())
    if found is None:
        raise ValueError("must be ids/count, such as 0-3/8 or 2/8")
    first, count = int(found[1]), int(found[3])
    last = int(found[2] or found[1])
    if not first <= last < count:
        raise ValueError("must name shards below the count, such as 0-3/8")
    return Shards(tuple(range(first, last + 1)), count)


def _url(*schemes: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, str) or not re.match(rf"({'|'.join(schemes)})://[^\s/]", value):
            raise ValueError(f"must be an address that begins with {schemes[-1]}://")
        return value.rstrip("/")

    return check


def _word(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _one_line(value: Any) -> Any:
    word = _word(value)
    if isinstance(word, str) and not word.isprintable():
        raise ValueError("must be one line without control characters")
    return word


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_items)]
Listen = Annotated[Address, NoDecode, BeforeValidator(_address)]
HttpUrl = Annotated[str, BeforeValidator(_url("http", "https"))]
WebSocketUrl = Annotated[str, BeforeValidator(_url("ws", "wss"))]
Secret = Annotated[SecretStr, BeforeValidator(_one_line)]


def _of(key: str, default: Any = None) -> Any:
    return Field(default, validation_alias=key)


class Settings(BaseSettings):
    """Every key of the configuration; the attribute is the key in lower case without `POSTMASTER_`."""

    model_config = SettingsConfigDict(env_ignore_empty=True, case_sensitive=True, extra="ignore", frozen=True, populate_by_name=False)

    slack_bot_token: Secret | None = _of("SLACK_BOT_TOKEN")
    slack_app_token: Secret | None = _of("SLACK_APP_TOKEN")
    slack_signing_secret: Secret | None = _of("SLACK_SIGNING_SECRET")
    slack_client_id: str | None = _of("SLACK_CLIENT_ID")
    slack_client_secret: Secret | None = _of("SLACK_CLIENT_SECRET")
    slack_api_url: HttpUrl | None = _of("SLACK_API_URL")
    slack_triage_channel: str | None = _of("SLACK_TRIAGE_CHANNEL")
    slack_helpers: str | None = _of("SLACK_HELPERS")
    discord_token: Secret | None = _of("DISCORD_TOKEN")
    discord_api_url: HttpUrl | None = _of("DISCORD_API_URL")
    discord_gateway_url: WebSocketUrl | None = _of("DISCORD_GATEWAY_URL")
    discord_shards: Annotated[Shards, NoDecode, BeforeValidator(_shards)] | None = _of("DISCORD_SHARDS")
    discord_forums: Words = _of("DISCORD_FORUMS", ())
    discord_helpers: str | None = _of("DISCORD_HELPERS")
    store: str = _of("POSTMASTER_STORE", "sqlite:")
    broker: str = _of("POSTMASTER_BROKER", "inline")
    resolvers: Words = _of("POSTMASTER_RESOLVERS", ())
    probe_allow: Words = _of("POSTMASTER_PROBE_ALLOW", ())
    probe_ports: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ports)] = _of("POSTMASTER_PROBE_PORTS", MAIL_PORTS)
    site: str = _of("POSTMASTER_SITE", "here")
    control: Listen | None = _of("POSTMASTER_CONTROL")
    ispdb: HttpUrl | None = _of("POSTMASTER_ISPDB")
    blocklists: Words = _of("POSTMASTER_BLOCKLISTS", ())
    key: Annotated[tuple[Secret, ...], NoDecode, BeforeValidator(_items)] = _of("POSTMASTER_KEY", ())
    learn: bool = _of("POSTMASTER_LEARN", False)
    ca_file: Path | None = _of("POSTMASTER_CA_FILE")
    metrics: Listen | None = _of("POSTMASTER_METRICS")
    http: Listen = _of("POSTMASTER_HTTP", Address("127.0.0.1", 3000))
    log: Literal["text", "json"] | None = _of("POSTMASTER_LOG")
    retention_days: float = _of("POSTMASTER_RETENTION_DAYS", 30.0)

    @field_validator("store")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if value == "memory:" or value.startswith(("sqlite:", "redis://", "rediss://", "unix://")):
            return value
        raise ValueError("must be sqlite:PATH, redis://HOST:PORT/NUMBER or memory:")

    @field_validator("broker")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        if value == "inline" or value.startswith(("redis://", "rediss://", "unix://")):
            return value
        raise ValueError("must be inline or redis://HOST:PORT/NUMBER")

    @field_validator("resolvers")
    @classmethod
    def _resolver_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_resolver, value))

    @field_validator("probe_allow")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_network, value))

    @field_validator("probe_ports")
    @classmethod
    def _port_numbers(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(map(_port, value))

    @field_validator("site")
    @classmethod
    def _site_name(cls, value: str) -> str:
        if value == USER or not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", value):
            raise ValueError(f"must be a short name of letters, digits, dots and dashes, other than {USER!r}")
        return value

    @field_validator("ca_file")
    @classmethod
    def _readable_certificates(cls, value: Path | None) -> Path | None:
        if value is not None:
            import ssl

            try:
                ssl.create_default_context(cafile=value)
            except OSError:  # an SSLError is one too
                raise ValueError("must be a file of certificates (PEM) that this user can read") from None
        return value

    @field_validator("retention_days")
    @classmethod
    def _some_days(cls, value: float) -> float:
        if not 0 < value <= 36_500:
            raise ValueError("must be a number of days above 0")
        return value

    @model_validator(mode="after")
    def _tokens_not_swapped(self) -> Settings:
        for key, value, wrong, right in (
            ("SLACK_BOT_TOKEN", self.slack_bot_token, "xapp-", "xoxb-"),
            ("SLACK_APP_TOKEN", self.slack_app_token, "xoxb-", "xapp-"),
        ):
            if value is not None and value.get_secret_value().startswith(wrong):
                raise UsageError(f"{key} holds a token that begins with {wrong}: put the one that begins with {right} there.")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, _Named(settings_cls, _from_files(os.environ)), _Named(settings_cls, _from_toml(os.environ))

    def policy(self) -> dict[str, Any]:
        """What `bot.probes.guard.Policy` takes, all but `known_ports` (those come from the knowledge)."""
        return {
            "resolvers": self.resolvers,
            "allow": self.probe_allow,
            "ports": self.probe_ports,
            "site": self.site,
            "control": str(self.control) if self.control else None,
            "ca_file": str(self.ca_file) if self.ca_file else None,
            "ispdb": self.ispdb,
            "blocklists": self.blocklists,
        }


KEYS: dict[str, str] = {str(field.validation_alias): name for name, field in Settings.model_fields.items()}
SECRET_KEYS = frozenset(
    {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_SECRET", "DISCORD_TOKEN", "POSTMASTER_KEY"}
)
FILE_KEYS = SECRET_KEYS | {"POSTMASTER_STORE", "POSTMASTER_BROKER"}  # an address may hold a password


# --- where values stand ------------------------------------------------------------------------------------------------------


class _Named(PydanticBaseSettingsSource):
    """Values by their keys, read beforehand."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, Any]) -> None:
        super().__init__(settings_cls)
        self._values = values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        key = str(field.validation_alias)
        return self._values.get(key), key, False

    def __call__(self) -> dict[str, Any]:
        return dict(self._values)


def _from_files(environment: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for key in sorted(FILE_KEYS):
        path = environment.get(f"{key}_FILE")
        if not path:
            continue
        if environment.get(key):
            raise UsageError(f"{key} and {key}_FILE are both set: keep one of them.")
        values[key] = _secret_file(f"{key}_FILE", path)
    return values


def _secret_file(key: str, path: str) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_SECRET_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{key} names {path}, which cannot be read ({error.strerror}): name a file that this user can read.") from error
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(content) > MAX_SECRET_FILE_BYTES:
        raise UsageError(f"{key} names {path}, which holds no secret: put the secret there, and nothing else.")
    return text


def _from_toml(environment: Mapping[str, str]) -> dict[str, Any]:
    named = environment.get("POSTMASTER_CONFIG")
    path = Path(named or "postmaster.toml")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_FILE_BYTES + 1)
    except OSError as error:
        if named is None and isinstance(error, FileNotFoundError):
            return {}
        raise UsageError(f"{path} cannot be read ({error.strerror}): set POSTMASTER_CONFIG to a file that this user can read.") from error
    if len(content) > MAX_CONFIG_FILE_BYTES:
        raise UsageError(f"{path} is too large for a configuration: set POSTMASTER_CONFIG to the right file.")
    try:
        values = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML ({error}): mend it there.") from error
    ready: dict[str, Any] = {}
    for key, value in values.items():
        plain = key.removesuffix("_FILE")
        if key in KEYS:
            ready[key] = value
        elif plain in FILE_KEYS and key != plain:
            ready.setdefault(plain, _secret_file(key, str(value)))
        else:
            raise UsageError(f"{path} has the key {key!r}, which does not exist{meant(key)}.")
    return ready


def meant(key: str) -> str:
    near = difflib.get_close_matches(key.upper(), KEYS, n=1, cutoff=0.75)
    return f": perhaps {near[0]} is meant" if near else ": remove it"


def load_settings() -> Settings:
    """The configuration of this process. Raises `UsageError`: one sentence that names the key and the remedy."""
    try:
        return Settings()
    except ValidationError as error:
        raise UsageError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=True)[0]
    key = str(first["loc"][0]) if first["loc"] else "The configuration"
    shown = "" if key in SECRET_KEYS else f" (it is {_short(first['input'])})"
    remedy = first["msg"].removeprefix("Value error, ")
    if not remedy.startswith("must "):
        remedy = f"is not valid: {remedy[:1].lower()}{remedy[1:]}"
    return f"{key} {remedy}{shown}."


def _short(value: object) -> str:
    text = without_password(repr(value))
    return text if len(text) <= 80 else text[:77] + "..."


def without_password(text: str) -> str:
    """An address as it may be shown."""
    return re.sub(r"(://[^/@\s:]*:)[^/\s]*@", r"\1…@", text)

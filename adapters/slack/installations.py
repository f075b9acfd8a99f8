"""In which workspaces are we installed, and with which token? Kept sealed in the store; hands out fresh tokens, forgets on request.

A token lives twelve hours where rotation is on and is renewed two hours before its end. A refresh token works once, so of all processes
only the one renews that takes the right to out of the vault; the others go on with the old token, which still works. Source: https://docs.slack.dev/authentication/using-token-rotation/.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bot.channel import Place, Undeliverable
from bot.errors import CannotRun
from bot.store.vault import Vault

log = logging.getLogger(__name__)

STATE_SECONDS = 600
CACHE_SECONDS = 60.0
RENEW_MINUTES = 120
TAKER_DIED_MINUTES = 60  # so shortly before the end the right to renew is not waited for any more
_INSTALLATION, _RENEWAL, _STATE = "slack/installation/", "slack/renewal/", "slack/state/"


_HOW = 'make one with python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())".'


class Seal:
    """Seals with the first of the keys and opens with any. Raises `CannotRun` where there is none, or one is no key."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise CannotRun(f"POSTMASTER_KEY is not set, and tokens of several workspaces are kept sealed only: {_HOW}")
        try:
            self._newest = Fernet(keys[0])
            self._any = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise CannotRun(f"POSTMASTER_KEY holds something that is no key: {_HOW}") from error

    def sealed(self, content: bytes) -> bytes:
        return self._newest.encrypt(content)

    def opened(self, kept: bytes) -> tuple[bytes, bool]:
        """The content, and whether an older key opened it. Raises `InvalidToken` where none does."""
        try:
            return self._newest.decrypt(kept), False
        except InvalidToken:
            return self._any.decrypt(kept), True


class Installations(AsyncInstallationStore):
    """Bolt's installation store over our own. Only bot tokens are kept; we ask for no person's token."""

    def __init__(self, vault: Vault, seal: Seal, rotator: AsyncTokenRotator, clock: Callable[[], float] = time.monotonic) -> None:
        self._vault = vault
        self._seal = seal
        self._rotator = rotator
        self._clock = clock
        self._cache: dict[str, tuple[float, Bot | None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def logger(self) -> logging.Logger:
        return log

    # --- Bolt's side ----------------------------------------------------------------------------------------------------

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        whole = _whose(bot.enterprise_id, bot.team_id, bot.is_enterprise_install)
        fields = {name: value for name, value in bot.to_dict().items() if name != "bot_token_expires_in"}
        await self._vault.keep(_INSTALLATION + whole, self._seal.sealed(json.dumps(fields, default=str).encode()))
        if bot.bot_refresh_token is not None:
            await self._vault.keep(_RENEWAL + whole, b"1")
        self._cache.pop(whole, None)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        return await self._bot(_whose(enterprise_id, team_id, is_enterprise_install))

    async def async_find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None, is_enterprise_install: bool | None = False
    ) -> Installation | None:
        return None  # people's tokens are not kept

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        for whole in filter(None, (enterprise_id, team_id)):
            await self.forget(whole)

    async def async_delete_installation(self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None) -> None:
        """A person's tokens are not kept."""

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    # --- ours -----------------------------------------------------------------------------------------------------------

    async def forget(self, whole: str) -> None:
        """Deletes the installation of a workspace or an organisation."""
        await self._vault.drop(_INSTALLATION + whole)
        await self._vault.drop(_RENEWAL + whole)
        self._cache.pop(whole, None)

    async def token(self, place: Place) -> str:
        """The bot token for a place. Raises `Undeliverable` where we are not installed."""
        bot = await self._bot(place.get("enterprise") or place["team"])
        if bot is None:
            raise Undeliverable("not_installed")
        return str(bot.bot_token)

    async def authorize(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, is_enterprise_install: bool = False
    ) -> AuthorizeResult | None:
        """Who we are in the workspace of a payload; without a call to Slack for each event."""
        bot = await self._bot(_whose(enterprise_id, team_id, is_enterprise_install))
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=bot.team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
            user_id=user_id,
        )

    async def _bot(self, whole: str) -> Bot | None:
        at, bot = self._cache.get(whole, (0.0, None))
        if bot is None or self._clock() - at > CACHE_SECONDS:
            bot = await self._read(whole)
            self._cache[whole] = (self._clock(), bot)
        return await self._fresh(whole, bot) if bot is not None else None

    async def _read(self, whole: str) -> Bot | None:
        kept = await self._vault.kept(_INSTALLATION + whole)
        if kept is None:
            return None
        try:
            content, with_an_older_key = self._seal.opened(kept)
        except InvalidToken:
            log.error("slack: an installation cannot be opened with any key of POSTMASTER_KEY; the app must be installed there again")
            return None
        if with_an_older_key:
            await self._vault.keep(_INSTALLATION + whole, self._seal.sealed(content))
        fields: dict[str, Any] = json.loads(content)
        return Bot(**fields)

    async def _fresh(self, whole: str, bot: Bot) -> Bot:
        """`bot` with a token that lives for a while yet."""
        if not _ends_within(bot, RENEW_MINUTES):
            return bot
        async with self._locks.setdefault(whole, asyncio.Lock()):
            stored = await self._read(whole)
            if stored is None or not _ends_within(stored, RENEW_MINUTES):
                self._cache[whole] = (self._clock(), stored)
                return stored or bot
            if await self._vault.take(_RENEWAL + whole) is None and not _ends_within(stored, TAKER_DIED_MINUTES):
                return stored  # another process is at it
            try:
                renewed = await self._rotator.perform_bot_token_rotation(bot=stored, minutes_before_expiration=RENEW_MINUTES)
            except (SlackTokenRotationError, SlackApiError) as error:
                log.warning("slack: a token could not be renewed: %s", type(error).__name__)
                await self._vault.keep(_RENEWAL + whole, b"1")
                return await self._read(whole) or bot  # another process may have been faster
            if renewed is None:
                return stored
            await self.async_save_bot(renewed)
            self._cache[whole] = (self._clock(), renewed)
            return renewed


class States(AsyncOAuthStateStore):
    """One-time values that tie the end of an installation to its beginning; ten minutes, whichever process asks."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = secrets.token_urlsafe(32)
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=STATE_SECONDS)
        await self._vault.keep(_state(state), b"1", until)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._vault.take(_state(state)) is not None


def _state(state: str) -> str:
    return _STATE + hashlib.sha256(state.encode()).hexdigest()


def _whose(enterprise_id: str | None, team_id: str | None, whole: bool | None) -> str:
    """The organisation where the app was installed for all of it, else the workspace."""
    return (enterprise_id if whole else team_id) or team_id or enterprise_id or ""


def _ends_within(bot: Bot, minutes: int) -> bool:
    ends = bot.bot_token_expires_at
    return bot.bot_refresh_token is not None and ends is not None and float(ends) - time.time() < minutes * 60

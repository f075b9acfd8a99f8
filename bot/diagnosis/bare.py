"""Whose text is one without a word of mail: a program's that sends, or other software's? Weighs words and names; judges no cause.

"Connection refused" and "certificate has expired" are said by every program. In a channel about mail they are taken as meant, though
never as surely as a text that speaks of mail. What names a program, a package, a class or a function that nothing here knows is other
software.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from bot.diagnosis.wrappers import plain
from knowledge.model import Knowledge

# The most that a text without a word of mail may score (`certainty.py`): it could as well be about something else.
MOST = 1.8

_WORD = re.compile(r"[^\W\d_]{3,}")
_CLASS = re.compile(r"\\[a-zA-Z]")  # \b, \d, \S in a pattern: no letters of a word

_OF_OTHERS = 0.07  # of anything, where a name of other software stands there
_BARE = 0.15  # of what other software says as well, where no word of mail stands beside it
_STRANGE = 0.4  # of the words of such a text may be unknown
_ONE_IN = 20
_NO_SPACES = "\u2e80"  # from here on: Chinese, Japanese, Korean

_OF_MAIL_ALONE = ("tls.wrong_mode", "tls.not_offered", "auth.needs_tls_first", "auth.mechanism_unsupported", "protocol.")
_OF_ANY_PROGRAM = ("net.", "tls.", "auth.", "relay.", "recipient.", "sender.", "greylisted")

# "virsh: end of file", "AH02039: certificate verification": who speaks.
_SPEAKER = re.compile(r"((?:[\w.()-]{1,24} ){0,2}[\w.()-]{2,24}): ")
_IS_ERROR = ("fehler", "erreur", "errore", "erro", "fout", "fejl", "błąd", "chyba", "hiba", "hata", "virhe", "ошибка", "помилка")
_OF_ANY_LANGUAGE = ("error", "exception", "socket", "system", "java", "errno", "warning", "fatal", "uncaught", "unhandled", "traceback")
_LABEL = (*_IS_ERROR, *_OF_ANY_LANGUAGE)
_NAME = re.compile(r"[^\W\d_]{3,}|^[a-z]{2}(?=\b)")
_NUMBERED = re.compile(r"[a-z]{1,8}-?\d{4,8}")
_IDENTIFIER = re.compile(r"(?:/[\w.-]+)+|\b[a-z0-9]{1,32}(?:_[a-z0-9]{1,32}){2,12}")  # a path; a function's name

# "slack_sdk.errors.SlackApiError", "Down::SSLError": the library whose exception it is, by its first name.
_IN = r"(?:\.|::|\\)"
_EXCEPTION = re.compile(
    rf"(?<![\w.:/\\])([a-z][a-z0-9_]{{1,30}}){_IN}(?:[a-z0-9_]{{1,40}}{_IN}){{0,6}}[a-z0-9_]{{0,60}}(?:error|exception|failure)\b"
)
# "…/site-packages/pysftp/__init__.py", "node_modules/mqtt/lib": whose code was running.
_PACKAGE = re.compile(r"(?:(?:site|dist)-packages|node_modules|/gems|/vendor)[/ \\]{1,4}(?:@[\w-]{1,40}/)?([a-z][a-z0-9_-]{1,40})")

# An address of something that is no mail server.
_URL = re.compile(
    r"\b(?:https?|wss?|s?ftp|ldaps?|rediss?|mongodb(?:\+srv)?|postgres(?:ql)?|mysql|amqps?|mqtts?|git|ssh|tcp|unix|grpc|rtsp)://"
)

# Words of labels that name no program.
_LABELS = (
    "authentication cannot cause certificate connect connection could debug details failed handshake host info login not reason response"
    " result server status unable verify"
)
# What programs that send stand on as others do.
_EVERYBODYS_LIBRARIES = (
    "java javax jakarta sun system microsoft net com org io eu de openssl errno ssl socket builtins exceptions asyncio concurrent std tokio"
    " rustls native_tls win32 twisted eventlet gevent django flask celery sentry raven rails active activesupport"
)
_EVERYBODYS_PACKAGES = (
    "django flask celery kombu billiard gevent eventlet sentry raven rq dramatiq odoo frappe trio anyio twisted backports future six"
    " laravel symfony illuminate composer yiisoft next nestjs nest express rxjs graceful-fs bluebird async activejob actionpack railties"
    " sidekiq rack puma concurrent-ruby timeout net-protocol"
)


class Words(NamedTuple):
    """What the knowledge holds, each as words with a space between: one string is loaded faster than a list, and kept in less.

    `vocabulary`: every word of the patterns, the examples and the programs' names; `prose`: every further word in which the knowledge
    speaks to people; `speakers`: the words that stand before an example's first colon, and the programs' names; `libraries`: the first
    names of the examples' exceptions.
    """

    vocabulary: str
    prose: str
    speakers: str
    libraries: str


def words_of(known: Knowledge) -> Words:
    """The words of all knowledge; takes a while, and changes only with the files."""
    examples = [plain(example.text) for cause in known.causes.values() for example in cause.examples]
    names = [name for client in known.clients.values() for name in (client.id, client.name, *client.aliases)]
    patterns = [_CLASS.sub(" ", pattern.regex) for cause in known.causes.values() for pattern in cause.patterns]
    speakers = [found[1] for text in examples if (found := _SPEAKER.match(text))]
    vocabulary = _words(patterns + examples + names)
    libraries = {name for text in examples for name in _EXCEPTION.findall(text)}
    all_words = (vocabulary, _words(_prose(known)) - vocabulary, _words(speakers + names), libraries)
    return Words(*(" ".join(sorted(words)) for words in all_words))


def _prose(known: Knowledge) -> list[str]:
    texts = [text for term in known.terms.values() for text in (term.name, *term.aliases, term.text)]
    texts += known.phrases.values()
    for cause in known.causes.values():
        texts += [cause.title, cause.meaning, cause.verify, cause.forward]
        texts += [text for fix in cause.fixes for text in (*fix.do, *fix.first)]
    return texts


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.lower())}


class Bare:
    """Judges texts in which `topic.py` found no sign of mail, by the words that the knowledge holds."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def weighed(self, text: str, strength: dict[str, float]) -> dict[str, float]:
        """`strength` of each cause, less for what a text without a word of mail may say of any software, the more so where it names what
        nothing here knows. `text` in the form of `wrappers.plain`; `strength` is not empty."""
        words = frozenset(_WORD.findall(text))
        unknown = frozenset(word for word in words - self._vocabulary if not word.endswith(_IS_ERROR))
        first = max(strength, key=strength.__getitem__)
        of_any_software = not first.startswith(_OF_MAIL_ALONE) and self._names_something(text, unknown)
        everything = _OF_OTHERS if of_any_software or self._is_strange(text, words, unknown) else 1.0
        # The knowledge holds other languages only as mail programs speak them.
        not_of_any_program = min(everything, _BARE if text.isascii() else 1.0)
        return {
            cause: value * (everything if cause.startswith(_OF_ANY_PROGRAM) else not_of_any_program) for cause, value in strength.items()
        }

    def _is_strange(self, text: str, words: frozenset[str], unknown: frozenset[str]) -> bool:
        """Whether it asked for an address of another protocol, or the program that speaks, the library whose exception it is or the
        package whose code ran is one that no pattern, no example and no program's name holds, or many of the words are unknown."""
        if "://" in text and _URL.search(text):
            return True
        if ": " in text and (speaker := _SPEAKER.match(text)) and self._is_stranger(speaker[1]):
            return True
        # Each looks for its plain words first, which is much faster.
        if ("error" in text or "exception" in text or "failure" in text) and not self._libraries.issuperset(_EXCEPTION.findall(text)):
            return True
        if ("packages" in text or "modules" in text or "gems" in text or "vendor" in text) and not self._packages.issuperset(
            _PACKAGE.findall(text)
        ):
            return True
        return len(words) > 2 and len(unknown) > _STRANGE * len(words)

    def _is_stranger(self, speaker: str) -> bool:
        """Whether nothing here speaks under this name: one of its words is known to nobody, or none stands before a colon in an example."""
        names = [word for word in _NAME.findall(speaker) if not word.endswith(_LABEL)]
        if not names:
            return _NUMBERED.fullmatch(speaker) is not None
        return any(word not in self._vocabulary for word in names) or self._speakers.isdisjoint(_NAME.findall(speaker))

    def _names_something(self, text: str, unknown: frozenset[str]) -> bool:
        """Whether one word in twenty is known neither to programs nor to the knowledge's own sentences: a name, most likely. Scripts that
        put no space between words are not judged by them."""
        if unknown <= self._prose:
            return False
        words = frozenset(word for word in _WORD.findall(_IDENTIFIER.sub(" ", text)) if word[0] < _NO_SPACES)
        return len((words & unknown) - self._prose) * _ONE_IN > len(words)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self._words.vocabulary.split())

    @cached_property
    def _prose(self) -> frozenset[str]:
        return frozenset(self._words.prose.split())

    @cached_property
    def _speakers(self) -> frozenset[str]:
        return frozenset((_LABELS + " " + self._words.speakers).split())

    @cached_property
    def _libraries(self) -> frozenset[str]:
        return frozenset((_EVERYBODYS_LIBRARIES + " " + self._words.libraries).split())

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(_EVERYBODYS_PACKAGES.split())

"""How do the core's frozen dataclasses become JSON and come back the same? Knows shapes, no database.

Unions are told apart by the class name under "_". Fields at their default are left out, unknown ones are passed over: a newer
process reads what an older one wrote, and an older one what a newer one wrote. A `Reading` is never stored: it is made anew.
"""

from __future__ import annotations

import datetime
import json
from functools import cache
from typing import Any, Literal, get_args, get_origin

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.strategies import configure_tagged_union, configure_union_passthrough

from bot import reply
from bot.conversation.model import AnyEffect, AnyEvent, Conversation, FormSent, Said
from bot.observations import Observation, facts

TAG = "_"
OUTLINE = ("key", "channel", "place", "workspace", "asker")  # plain JSON as they are


def encode_event(event: AnyEvent) -> bytes:
    return _encode(event, AnyEvent)


def decode_event(data: bytes) -> AnyEvent:
    event: AnyEvent = _decode(data, AnyEvent)
    return event


def encode_effect(effect: AnyEffect) -> bytes:
    return _encode(effect, AnyEffect)


def decode_effect(data: bytes) -> AnyEffect:
    effect: AnyEffect = _decode(data, AnyEffect)
    return effect


def encode_conversation(conversation: Conversation) -> bytes:
    return _encode(conversation, Conversation)


def decode_conversation(data: bytes) -> Conversation:
    conversation: Conversation = _decode(data, Conversation)
    return conversation


def decode_outline(data: bytes) -> Conversation:
    """A conversation with nothing but who and where it is: all that an effect's claim needs, for a tenth of the time."""
    plain = json.loads(data)
    return Conversation(**{name: plain[name] for name in OUTLINE if name in plain})


def encode_observations(seen: tuple[Observation, ...]) -> bytes:
    return _encode(seen, tuple[Observation, ...])


def decode_observations(data: bytes) -> tuple[Observation, ...]:
    seen: tuple[Observation, ...] = _decode(data, tuple[Observation, ...])
    return seen


def _encode(value: Any, as_type: Any) -> bytes:
    plain = converter().unstructure(value, unstructure_as=as_type)
    try:
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate that slipped through an edge
        return json.dumps(plain, separators=(",", ":")).encode()


def _decode(data: bytes, as_type: Any) -> Any:
    """`as_type` may be a union of classes, which a type variable cannot name."""
    return converter().structure(json.loads(data), as_type)


def observation_kinds() -> tuple[type[Observation], ...]:
    """Every kind of observation, bases included. Read from the module: `__subclasses__` also lists what slots=True left behind."""
    return tuple(kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, Observation))


@cache
def converter() -> cattrs.Converter:
    made = cattrs.Converter(omit_if_default=True, detailed_validation=False)
    made.register_unstructure_hook(datetime.datetime, datetime.datetime.isoformat)
    made.register_structure_hook(datetime.datetime, lambda text, _: datetime.datetime.fromisoformat(text))
    configure_union_passthrough(str | int | float | bool | None, made)
    # What was written is taken as it is: a word that is new to this process must not make a whole conversation unreadable.
    literal: object = Literal
    made.register_structure_hook_func(lambda kind: get_origin(kind) is literal, lambda value, _: value)
    _tell_observations_apart(made)  # before anything that holds one is compiled
    left_out = override(omit=True)
    made.register_unstructure_hook(Said, make_dict_unstructure_fn(Said, made, _cattrs_omit_if_default=True, reading=left_out))
    made.register_structure_hook(Said, make_dict_structure_fn(Said, made, reading=left_out))
    made.register_unstructure_hook(FormSent, make_dict_unstructure_fn(FormSent, made, _cattrs_omit_if_default=True, readings=left_out))
    made.register_structure_hook(FormSent, make_dict_structure_fn(FormSent, made, readings=left_out))
    for union in (reply.Span, reply.Block, AnyEffect, AnyEvent):
        assert len({kind.__name__ for kind in get_args(union)}) == len(get_args(union))
        configure_tagged_union(union, made, tag_name=TAG)
    return made


def _tell_observations_apart(made: cattrs.Converter) -> None:
    """`Observation` stands for all of its kinds wherever a shape names it."""
    by_name = {kind.__name__: kind for kind in observation_kinds()}

    def unstructure(value: Observation) -> dict[str, Any]:
        if type(value) is Observation:
            return {TAG: "Observation", **base(value)}
        return {TAG: type(value).__name__, **made.unstructure(value, unstructure_as=type(value))}

    def structure(data: dict[str, Any], _: object) -> Observation:
        kind = by_name[data[TAG]]
        return structure_base(data, kind) if kind is Observation else made.structure(data, kind)

    base = make_dict_unstructure_fn(Observation, made, _cattrs_omit_if_default=True)
    structure_base = make_dict_structure_fn(Observation, made)
    made.register_unstructure_hook_func(lambda kind: kind is Observation, unstructure)
    made.register_structure_hook_func(lambda kind: kind is Observation, structure)

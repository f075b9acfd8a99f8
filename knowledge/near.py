"""What was probably meant? Finds known names that are one slip of the finger away; never says that a name is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# Labels one slip away from "smtp" that are something else on purpose.
_NO_SLIPS = {"smtps", "sftp", "smtp", "mtp", "smtp1", "smtp2", "smtpx", "ssmtp", "msmtp", "xsmtp", "esmtp"}
# What .com becomes when a letter is lost.
SLIPS_OF_COM = {"co", "cm", "om"}
# Second-level names under which domains are registered; without them "co.uk" would be somebody's domain.
_SHARED = {"co", "com", "net", "org", "ne", "or", "ac", "ad", "go", "gov", "edu", "gr", "lg", "id", "web", "asn", "nom", "firm", "sch"}


# Endings of two letters that exist; any other is a slip (".ed", ".lp"). Source: IANA's root zone database (iana.org/domains/root/db).
_COUNTRIES = """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd cf cg ch ci ck
    cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs
    gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv
    ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn
    pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr
    tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
# What one letter too many, too few, a wrong one or two exchanged make of the endings that most providers have.
_NO_ENDINGS = "con cmo ocm vom xom comm coom cpm ckm clm cim nte ent met bet nett neet ogr rog orgg ork"
_IMPOSSIBLE, _REAL = frozenset(_NO_ENDINGS.split()), frozenset(_COUNTRIES.split())
_SHORTEST = 5  # letters; of shorter names every other is one slip away


def nearest_domain(domain: str, owned: Collection[str]) -> str | None:
    """The domain of `owned` that `domain` (registered, two labels) was meant to be: oulook.com -> outlook.com, gmx.ent -> gmx.net; or None.

    An ending counts as a slip only where there is none such, a name only where it is long enough not to be another by chance.
    """
    from rapidfuzz.distance import OSA

    name, _, ending = domain.partition(".")
    if domain in owned or not name or not ending or "." in ending:
        return None
    near: list[tuple[int, str]] = []
    impossible = ending in _IMPOSSIBLE or len(ending) == 1 or (len(ending) == 2 and ending.isalpha() and ending not in _REAL)
    for known in owned:
        known_name, _, known_ending = known.partition(".")
        if known_name == name and impossible and OSA.distance(ending, known_ending) <= 1:
            near.append((0 if sorted(ending) == sorted(known_ending) else 1, known))
        elif known_ending == ending and len(known_name) >= _SHORTEST and OSA.distance(name, known_name) == 1:
            near.append((1, known))
    return min(near, key=lambda one: (one[0], -len(one[1]), one[1]))[1] if near else None


def nearest_host(host: str, hosts: Collection[str], owned: Collection[str]) -> str | None:
    """The host of `hosts` that `host` was meant to be, or None: it is one of them, its domain is in `owned`, or nothing is near.

    smtp.gmial.com -> smtp.gmail.com; stmp.gmail.com -> smtp.gmail.com; but imap.gmail.com and mail.aol.example -> None.
    """
    if host in hosts:
        return None
    labels = host.split(".")
    if any(".".join(labels[n:]) in owned for n in range(len(labels) - 1)):
        return None if labels[0] in _NO_SLIPS else _slip_of_first_label(labels, hosts)
    bare = host.replace(".", "").replace("-", "")
    near: list[tuple[int, str]] = []
    for known in hosts:
        if known.replace(".", "").replace("-", "") == bare:
            near.append((0, known))
        elif (slips := _slips(labels, known.split("."))) is not None:
            near.append((slips, known))
    # A letter that is missing is likelier than one that is wrong: the longer name first.
    return min(near, key=lambda one: (one[0], -len(one[1]), one[1]))[1] if near else None


def _slip_of_first_label(labels: list[str], hosts: Collection[str]) -> str | None:
    """stmp.gmail.com, smtp-realy.brevo.com: the domain is right, the name before it is one slip away."""
    from rapidfuzz.distance import OSA

    rest = "." + ".".join(labels[1:])
    firsts = {host.removesuffix(rest) for host in hosts if host.endswith(rest)} if labels[0].replace("-", "").isalpha() else set()
    near = min((first for first in firsts if "." not in first and "smtp" in first and OSA.distance(labels[0], first) == 1), default=None)
    return near + rest if near else None


def _slips(typed: list[str], known: list[str]) -> int | None:
    """How many slips lead from `known` to `typed`; None for too many, or where another real name is as likely."""
    from rapidfuzz.distance import OSA

    if len(typed) != len(known):
        return None
    different = [(a, b) for a, b in zip(typed, known, strict=True) if a != b]
    if len(different) != 1:
        return None
    wrong, right = different[0]
    slips = OSA.distance(wrong, right)
    if wrong == typed[-1]:
        if {wrong, right} <= {"com", "net", "org"}:
            return 2  # smtp.sendgrid.com for smtp.sendgrid.net
        # Two letters are mostly another country's; .co, .cm and .om are what .com becomes.
        return 1 if slips == 1 and (len(wrong) > 2 or (right == "com" and wrong in SLIPS_OF_COM)) else None
    allowed = 0 if len(right) < 4 else 1 if len(right) < 7 else 2
    # A digit is rarely a slip: smtp2 is another server than smtp1.
    same_digits = [c for c in wrong if c.isdigit()] == [c for c in right if c.isdigit()]
    return slips if slips <= allowed and (same_digits or len(right) >= 7) else None


def registered(host: str) -> str:
    """The part of a host name that somebody registered, by a rule of thumb: two labels, three under co.uk and the like."""
    labels = host.split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if shared else -2 :])


def suggestions(query: str, names: Mapping[str, str], limit: int) -> tuple[str, ...]:
    """What looks most like `query`, best first, `limit` at most; empty where nothing does.

    `names` are what may be typed (lower case) -> what is shown for it.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    wanted = query.strip().lower()[:253]
    if not wanted:
        return ()
    found = process.extract(wanted, list(names), scorer=OSA.normalized_similarity, score_cutoff=0.65, limit=limit * 4)
    found.sort(key=lambda one: (-one[1], len(one[0]), one[0]))
    shown: dict[str, str] = {}
    for name, score, _ in found:
        if score < found[0][1] - 0.08:  # far behind the best: only noise
            break
        shown.setdefault("".join(filter(str.isalnum, names[name].lower())), names[name])
    return tuple(shown.values())[:limit]

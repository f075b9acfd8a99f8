"""What was probably meant? Finds known names that are one slip of the finger away; never says that a name is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# Labels one slip away from "smtp" that are something else on purpose.
_NO_SLIPS = {"smtps", "sftp", "smtp", "mtp", "smtp1", "smtp2", "smtpx", "ssmtp", "msmtp", "xsmtp", "esmtp"}
# What .com becomes when a letter is lost.
SLIPS_OF_COM = {"co", "cm", "om"}
# Second-level names under which domains are registered; without them "co.uk" would be somebody's domain.
_SHARED = {"co", "com", "net", "org", "ne", "or", "ac", "ad", "go", "gov", "edu", "gr", "lg", "id", "web", "asn", "nom", "firm", "sch"}


def nearest_host(host: str, hosts: Collection[str], owned: Collection[str]) -> str | None:
    """The host of `hosts` that `host` was meant to be, or None: it is one of them, its domain is in `owned`, or nothing is near.

    smtp.gmial.com -> smtp.gmail.com; stmp.gmail.com -> smtp.gmail.com; but imap.gmail.com and mail.aol.example -> None.
    """
    from rapidfuzz.distance import OSA

    if host in hosts:
        return None
    labels = host.split(".")
    if any(".".join(labels[n:]) in owned for n in range(len(labels) - 1)):
        meant = ".".join(("smtp", *labels[1:]))
        is_slip = labels[0] not in _NO_SLIPS and labels[0].isalpha() and OSA.distance(labels[0], "smtp") == 1
        return meant if is_slip and meant in hosts else None
    bare = host.replace(".", "").replace("-", "")
    near: list[tuple[int, str]] = []
    for known in hosts:
        if known.replace(".", "").replace("-", "") == bare:
            near.append((0, known))
        elif (slips := _slips(labels, known.split("."))) is not None:
            near.append((slips, known))
    return min(near)[1] if near else None


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

"""Whose server spoke? The vendor decides between equal texts. Knows what servers put into their replies; asks nobody."""

from __future__ import annotations

from collections.abc import Mapping

from bot.diagnosis.signs import Signs

# What a reply of a vendor's server holds, in the form that `wrappers.plain` gives. Ids as in knowledge/causes/README.md.
_SIGNS = Signs(
    {
        "microsoft": (
            r"\.prod\.(?:outlook|exchangelabs)\.com",
            r"outlook\.com",
            r"office365",
            r"hotmail\.",
            r"\blive\.com",
            r"\bmsn\.com",
            r"client (?:was )?not authenticated to send",
            r"smtpclientauth",
            r"\b5\.7\.139\b",
            r"\b5\.7\.57\b",
            r"microsoft",
            r"exchange online",
            r"resolver\.(?:adr|rst)",
            r"\.onmicrosoft\.com",
            r"aka\.ms/",
            r"exchangelabs",
            r"tenantattribution",
        ),
        "google": (r"\bgsmtp\b", r"gmail", r"google"),
        "yahoo": (r"yahoo", r"\baol\.com", r"\[ts(?:s)?\d\d\]", r"#auth00", r"#mbr1212", r"\brtr:", r"\brly:sn", r"\bdyn:t1", r"ymail"),
        "apple": (r"icloud", r"apple\.com", r"\bme\.com", r"\bmac\.com", r"\[cs01\]", r"\[hme1\]", r"support\.proofpoint\.com/dnsbl"),
        "att": (r"\batt\.net", r"sbcglobal", r"bellsouth", r"dnsbl:(?:attrbl|rbl)"),
        "comcast": (r"comcast", r"xfinity"),
        "cox": (r"\bcox\.net", r"aup#cx", r"aup#cdrbl"),
        "spectrum": (r"charter\.net", r"spectrum", r"aup#(?:i-|o-|1\d\d\d)", r"\brr\.com", r"twc\.com"),
        "orange": (r"orange\.fr", r"wanadoo", r"\bofr_?\d"),
        "laposte": (r"laposte", r"\blpn\d"),
        "gmx": (r"\bgmx\.", r"\bweb\.de", r"\bmail\.com", r"kundenserver", r"1und1", r"1and1", r"ionos", r"perfora"),
        "t-online": (r"t-online",),
        "qq": (r"\bqq\.com", r"newxmesmtp", r"newesmtp", r"exmail"),
        "netease": (r"163\.com", r"126\.com", r"netease", r"yeah\.net", r"dt:spm", r"\b188\.com"),
        "mailru": (r"\bmail\.ru", r"neobhodim", r"\bbk\.ru", r"inbox\.ru", r"\blist\.ru"),
        "yandex": (r"yandex", r"\bya\.ru"),
        "zoho": (r"zoho",),
        "godaddy": (r"secureserver", r"\bib\d\d\d\b", r"godaddy"),
        "ses": (r"identities failed the check in region", r"amazonses", r"amazonaws", r"email-smtp", r"\bses\b"),
        "sendgrid": (r"sendgrid",),
        "mailgun": (r"mailgun",),
        "brevo": (r"brevo", r"sendinblue"),
        "mailtrap": (r"mailtrap",),
        "mimecast": (r"mimecast",),
        "proofpoint": (r"pphosted", r"proofpoint"),
        "barracuda": (r"barracuda",),
    }
)

# A provider that the person named, as a vendor, where the two ids differ.
_OF_PROVIDER: Mapping[str, str] = {
    "microsoft365": "microsoft",
    "outlook.com": "microsoft",
    "gmail": "google",
    "google-workspace": "google",
    "aol": "yahoo",
    "icloud": "apple",
    "web.de": "gmx",
    "mail.com": "gmx",
    "ionos": "gmx",
    "mail.ru": "mailru",
}


def vendor_of(text: str, provider: str | None = None) -> str | None:
    """The vendor whose sign stands last in `text` (replies end with the server's name), else the named provider's; None: not known."""
    return _SIGNS.last_in(text) or (_OF_PROVIDER.get(provider, provider) if provider else None)

"""The most usual replies, as the core makes them; each is rendered into a snapshot that a reviewer can paste into Block Kit Builder."""

from __future__ import annotations

from bot.reply import (
    Bullets,
    Choice,
    Code,
    Emphasis,
    Evidence,
    Heading,
    Link,
    Literal,
    Paragraph,
    Preformatted,
    Progress,
    Reply,
    SettingsTable,
    SourceLine,
    Sources,
    Step,
    Steps,
    Task,
    Text,
)

ORIGIN = "T1/C1/1764000000.000100"

BANNER = "220 <!channel> @everyone *bold* _it_ `code` <https://evil.example|click> & :587:"

CLOSING = (Choice("works", "It works now"), Choice("still_fails", "Still the same"), Choice("person", "A person, please"))

REPLIES: dict[str, Reply] = {
    "question_with_buttons": Reply(
        (Paragraph((Text("Which encryption is chosen for the outgoing server?"),)),),
        asks="security",
        choices=(Choice("security:implicit_tls", "SSL/TLS"), Choice("security:starttls", "STARTTLS"), Choice("dont_know", "I don't know")),
        turn=2,
    ),
    "question_with_menu": Reply(
        (Paragraph((Text("Which program or device do you send with?"),)),),
        asks="client",
        choices=(*(Choice(f"client:c{number}", f"Program {number}") for number in range(12)), Choice("dont_know", "I don't know")),
        turn=3,
    ),
    "answer": Reply(
        (
            Paragraph(
                (Text("This is on your side, and you can change it. "), Emphasis("The port and the encryption do not belong together."))
            ),
            Evidence(((Code("mx.example.com:465"), Text(" greets in clear: "), Literal(BANNER)),)),
            Steps(
                (
                    Step((Text("Open "), Emphasis("File > Account Settings"), Text("."))),
                    Step((Text("Set the port to "), Code("587"), Text(".")), "https://support.example.com/port"),
                    Step((Text("Choose "), Code("STARTTLS"), Text(" and save."))),
                ),
                (Text("Change only this: port 465 → 587"),),
            ),
            SettingsTable((("Server", "mx.example.com"), ("Port", "587"), ("Encryption", "STARTTLS"))),
            Sources(
                (SourceLine("https://www.rfc-editor.org/rfc/rfc8314#section-3.3", "2026-11-24"), SourceLine("https://example.com/a", None))
            ),
            Paragraph((Text("Did it work?"),)),
        ),
        choices=CLOSING,
        turn=4,
        final=True,
    ),
    "two_likely_causes": Reply(
        (
            Paragraph((Text("Two causes are likely, the first one more."),)),
            Heading((Text("An app password is needed"),)),
            Steps((Step((Text("Make one here: "), Link("App passwords", "https://account.example.com/apps"))),)),
            Heading((Text("The password is wrong"),)),
            Bullets(((Text("Type it again."),), (Text("Try it in the browser."),))),
        ),
        choices=CLOSING,
        turn=5,
        final=True,
    ),
    "lookup": Reply(
        (
            Paragraph((Text("To send mail through Example Mail, enter this:"),)),
            SettingsTable(
                (("Server", "smtp.example.com"), ("Port", "587"), ("Encryption", "STARTTLS"), ("User name", "your full address"))
            ),
            Paragraph((Text("This works as well: "), Code("smtp.example.com"), Text(", port "), Code("465"))),
            Sources((SourceLine("https://help.example.com/smtp", "2026-11"),)),
        )
    ),
    "hand_off": Reply(
        (
            Paragraph((Text("Problem: "), Code("550 5.7.1 Unable to relay"))),
            Bullets(((Text("Seen from here: mx.example.com accepts connections."),),), (Text("Seen:"),)),
            Preformatted("< 550 5.7.1\n> Which port is entered?\n< 587 [password removed]"),
        ),
        handoff=True,
    ),
    "secret_warning": Reply(
        (
            Paragraph((Text("There was a password in what you wrote. I have removed it and keep it nowhere. Please change it."),)),
            Paragraph((Text("You can change it here: "), Link("https://account.example.com", "https://account.example.com"))),
        ),
        private=True,
    ),
    "feedback": Reply((Paragraph((Text("Did it work?"),)),), choices=CLOSING, turn=6, final=True),
}

PROGRESS = Progress(
    "p1",
    "Looking at mx.example.com",
    (
        Task("587", "mx.example.com:587", "good", "STARTTLS, login"),
        Task("465", "mx.example.com:465", "bad", BANNER),
        Task("25", "mx.example.com:25", "running"),
        Task("2525", "mx.example.com:2525", "waiting"),
    ),
)

"""The ten most usual messages, as the core hands them over; for the snapshots and for looking at them."""

from __future__ import annotations

from bot.reply import (
    Bullets,
    Choice,
    Code,
    Emphasis,
    Evidence,
    Field,
    Form,
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
    Table,
    Task,
    Text,
)

QUESTION = Reply(
    (
        Paragraph((Text("Which port is entered for the outgoing server?"),)),
        Paragraph((Text("In play: the port is blocked, or the encryption does not fit the port."),)),
    ),
    asks="port",
    choices=(Choice("p587", "587"), Choice("p465", "465"), Choice("p25", "25"), Choice("unknown", "I don't know")),
    turn=1,
)
PROGRESS = Progress(
    "p1",
    "Looking at mail.example.com",
    (
        Task("587", "587", "good", "answers, offers STARTTLS"),
        Task("465", "465", "bad", "refused"),
        Task("25", "25", "running"),
        Task("2525", "2525", "waiting"),
    ),
)
ANSWER = Reply(
    (
        Paragraph((Text("Change only this: the encryption, from SSL/TLS to STARTTLS. It is your side."),)),
        Evidence(
            (
                (Text("mail.example.com greets in clear on port 587: "), Literal("220 mail.example.com ESMTP @everyone <@1> *Postfix*")),
                (Text("It offers "), Code("STARTTLS")),
            )
        ),
        Steps(
            (
                Step((Text("Open "), Emphasis("File > Account Settings"), Text("."))),
                Step((Text("Choose "), Code("STARTTLS"), Text(" as encryption.")), "https://support.microsoft.com/office/account-settings"),
            ),
            (Text("In Outlook"),),
        ),
        SettingsTable((("Server", "mail.example.com"), ("Port", "587"), ("Encryption", "STARTTLS")), (Text("Enter"),)),
        Paragraph((Text("Then send a message to yourself."),)),
        Sources((SourceLine("https://www.rfc-editor.org/rfc/rfc8314#section-3.3", "2026-11"),)),
    ),
    choices=(Choice("works", "It works"), Choice("still_fails", "Still fails"), Choice("person", "A person")),
    findings=({"cause": "tls.wrong_mode", "confidence": 0.97},),
    settings={"host": "mail.example.com", "port": 587, "security": "starttls"},
    turn=2,
    final=True,
)
TWO_CAUSES = Reply(
    (
        Paragraph((Text("Two causes are likely; the first is more so."),)),
        Bullets(
            (
                (Text("Your network blocks port 25 "), Emphasis("(likely)")),
                (Text("The server is down "), Emphasis("(possible)")),
            )
        ),
    ),
    choices=(Choice("still_fails", "Still fails"), Choice("person", "A person")),
    findings=({"cause": "net.blocked", "confidence": 0.6}, {"cause": "net.down", "confidence": 0.3}),
    turn=3,
    final=True,
)
LOOKUP = Reply(
    (
        Paragraph((Text("The settings of Gmail."),)),
        SettingsTable((("Server", "smtp.gmail.com"), ("Port", "465"), ("Encryption", "SSL/TLS (implicit TLS)"), ("Login", "your address"))),
        Bullets(((Text("Turn on 2-Step Verification first: "), Link("Google account", "https://myaccount.google.com/security")),)),
        Sources((SourceLine("https://support.google.com/mail/answer/7126229", "2026-11"), SourceLine("https://support.google.com/", None))),
    ),
    settings={"host": "smtp.gmail.com", "port": 465, "security": "implicit_tls"},
)
PROGRAMS = Reply(
    (Paragraph((Text("Which program do you use?"),)),),
    asks="client",
    choices=tuple(Choice(f"client.{number}", f"Program number {number}") for number in range(12)),
    turn=4,
)
LONG_LABELS = Reply(
    (Paragraph((Text("Which encryption is chosen?"),)),),
    asks="security",
    choices=(
        Choice("starttls", "STARTTLS, begins in clear and then encrypts"),
        Choice("implicit", "SSL/TLS, encrypted from the first byte"),
        Choice("unknown", "I don't know"),
    ),
    turn=5,
)
SECRET = Reply(
    (
        Paragraph((Text("You pasted a password. I have not kept it. Change it, and delete your message."),)),
        Paragraph((Link("How to change it", "https://myaccount.google.com/security"),)),
    ),
    private=True,
)
HAND_OFF = Reply(
    (
        Paragraph((Text("Problem: "), Code("550 5.7.1 relaying denied"))),
        Bullets(((Text("Port 587 answers"),), (Text("Port 25 is silent"),)), (Text("Seen"),)),
        Preformatted("< I cannot send\n> Which port is entered?\n< 587"),
    ),
    handoff=True,
)
SNIPPET = Reply(
    (
        Paragraph((Text("Use this in your program."),)),
        Preformatted("import smtplib\nwith smtplib.SMTP('mail.example.com', 587) as s:\n    s.starttls()  # ```not a fence```", "python"),
        Table(("Port", "Mode", "Answer"), (("587", "STARTTLS", "yes"), ("465", "implicit TLS", "no"))),
        Table(("Endpoint", "What was seen there"), (("mail.example.com:587", "greets, offers STARTTLS and AUTH PLAIN LOGIN"),)),
    ),
)

FORM = Form(
    "start",
    "Fix outgoing mail",
    (
        Field("error", "What happens, or what does it say?", "multiline", hint="The exact words help most. Never a password."),
        Field("provider", "Whose mail service is it?", "search", hint="Begin to type its name."),
        Field("security", "Encryption", "choice", options=(Choice("starttls", "STARTTLS"), Choice("implicit_tls", "SSL/TLS"))),
        Field("port", "Which port is entered?", "number", hint="A number such as 587 or 465."),
    ),
    "Send",
)

USUAL: dict[str, Reply] = {
    "question": QUESTION,
    "answer": ANSWER,
    "two_causes": TWO_CAUSES,
    "lookup": LOOKUP,
    "menu": PROGRAMS,
    "long_labels": LONG_LABELS,
    "secret": SECRET,
    "hand_off": HAND_OFF,
    "snippet": SNIPPET,
}

"""By which words do configurations name server, port, mode and user, and the modes themselves? Data; used in `pastes/meaning.py`."""

from __future__ import annotations

# Parts of a key that make it speak of something else than the way out.
OTHER_PARTS = """
    imap imaps pop pop3 incoming inbound db database redis mysql mariadb pg postgres postgresql mongo mongodb ldap http https web proxy
    elastic elasticsearch rabbitmq amqp kafka cache session queue broker api oauth socks ws app nginx apache listen bind metrics ssh ftp
    sftp s3 minio old previous former alt vorher ancien anterior vecchio oud mx helo ehlo hello domain dns
"""

# Last parts of keys for the server.
HOST = """
    host hostname server address addr smarthost relayhost mailhub smtphost smtpserver mailhost mailserver relay servername hostaddress
    serveraddress mta dsn url endpoint
"""

# Last parts of keys for the user or sender.
USER = """
    user username login from sender mail email smtpuser authuser account userid name smtpname replyto to
"""

# Switched on.
TRUE = """
    true yes on 1 y enabled enable always required mandatory force
"""

# Switched off.
FALSE = """
    false no off 0 n disabled never none null
"""

# Values that mean implicit TLS, `-`, `/`, `+` and spaces as `_`.
IMPLICIT = """
    ssl smtps implicit implicit_tls implicittls force_tls ssl_tls ssltls tls_ssl encryption_smtps sslonconnect ssl_on_connect wrapper
    wrappermode tls_wrapper implicit_ssl smtp_ssl ssl_implicit useimplicittls tls_implicit smtp_over_ssl tlsonconnect
"""

# Values that mean STARTTLS.
STARTTLS = """
    starttls start_tls stls explicit explicit_tls encryption_starttls smtp_starttls tls_starttls mandatorystarttls mandatory_starttls
    starttls_required starttlswhenavailable start_tls_when_available explicit_ssl opportunisticstarttls starttls_always force_starttls
    required_starttls useexplicittls
"""

# Values that mean no encryption.
PLAIN = """
    none plain plaintext off no false null unencrypted disabled nothing notls no_tls cleartext clear insecure never disable nostarttls
"""

# Last parts of keys for the mode.
MODE = """
    ssl tls starttls secure security encryption crypto smtpsecure scheme protocol usetls usessl enablessl tlsmode smtpencryption smtpcrypto enctype
"""

# Parts anywhere in a key that make it one for the mode.
MODE_PARTS = """
    ssl tls starttls encryption secure security smtps smtpsecure wrappermode
"""

# What makes a key with "tls" in it speak of certificates and versions.
ABOUT_TLS = """
    verify cert cafile trust cipher version fingerprint protocols checkserver reject keyfile client servername loglevel session
"""

"""How does systemd run this installation? Prints a unit; installs and starts nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

UNIT = """\
# /etc/systemd/system/postmaster.service
#   systemctl daemon-reload && systemctl enable --now postmaster
[Unit]
Description=Postmaster, the chat bot for outgoing mail
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStart={command} {arguments}
# KEY=value lines, readable by root only: SLACK_BOT_TOKEN=..., DISCORD_TOKEN=..., POSTMASTER_METRICS=127.0.0.1:9464
EnvironmentFile=/etc/postmaster.env
Environment=POSTMASTER_LOG=json XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache
# A process whose event loop hangs is killed and started again; nothing acknowledged is lost by it.
WatchdogSec=30
Restart=on-failure
RestartSec=2
# SIGTERM: it takes up nothing new and ends what it has begun, within 20 s.
TimeoutStopSec=25
KillMode=mixed

DynamicUser=yes
StateDirectory=postmaster
CacheDirectory=postmaster
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
MemoryMax=1G
TasksMax=64

[Install]
WantedBy=multi-user.target
"""


def unit(*arguments: str) -> str:
    """The unit of `postmaster ARGUMENTS`, with the path of the command that prints it."""
    command = shutil.which("postmaster") or str(Path(sys.executable).with_name("postmaster"))
    return UNIT.format(command=command, arguments=" ".join(arguments))

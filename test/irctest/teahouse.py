"""How irctest starts this server and makes accounts there; what the server can't be told to be is skipped, with a word."""

import os
import re
import shutil
from pathlib import Path

from irctest.basecontrollers import BaseServerController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

ROOT = Path(os.environ["TEAHOUSE"]).resolve()

# What this server does not do, on purpose; what it claims beside that must not be missing: a skip would hide it.
LEFT_OUT = {
    Capabilities.STS,
    OptionalBehaviors.NON_UTF8_MESSAGE,
}

# A line holds this many bytes without its end (RFC 1459 section 2.3).
LONGEST_LINE = 510


class Controller(BaseServerController):
    software_name = "Teahouse"
    supported_sasl_mechanisms = {"PLAIN", "SCRAM-SHA-256"}
    supports_sts = False
    extban_mute_char = "m"
    capabilities = frozenset(Capabilities) - LEFT_OUT
    optional_behaviors = frozenset(OptionalBehaviors) - LEFT_OUT
    isupport = {"ACCOUNTEXTBAN": "a", "BOT": "B", "CASEMAPPING": "ascii", "CHANTYPES": "#", "UTF8ONLY": None}
    _port_wait_interval = 0.02

    def get_hostname_and_port(self):
        _, port = super().get_hostname_and_port()
        return "127.0.0.1", port

    def run(self, hostname, port, *, password, ssl, run_services, faketime, websocket_hostname, websocket_port):
        if ssl:
            raise NotImplementedByController("TLS")
        if self.test_config.account_registration_requires_email:
            raise NotImplementedByController("accounts with an e-mail address")
        if run_services and self.test_config.ergo_config:
            raise NotImplementedByController("people who stay in when they have gone, or are in twice under one nick")
        self.hostname, self.port = hostname, port
        command = ["deno", "run", "-A", ROOT / "server.ts", "--host", hostname, "--port", str(port)]
        command += ["--name", "My.Little.Server", "--db", ":memory:", "--flood-limit", "0", "--max-per-ip", "0"]
        command += ["--oper", "operuser:operpassword"]
        command += ["--password", password] if password else []
        command += ["--web-port", str(websocket_port)] if websocket_port else ["--no-web"]
        if faketime and shutil.which("faketime"):
            command = ["faketime", "-f", faketime, *command]
            self.faketime_enabled = True
        self.proc = self.execute(command, cwd=ROOT)

    def wait_for_services(self):
        """Accounts are the server's own."""

    def registerUser(self, case, username, password=None):
        line = f"REGISTER {username} * {password}"
        if len(line.encode()) > LONGEST_LINE:
            raise NotImplementedByController("a password that is longer than a line")
        client = case.addClient(show_io=True)
        for said in ["CAP LS 302", f"NICK {username}", "USER r e g :user", "CAP END"]:
            case.sendLine(client, said)
        while case.getRegistrationMessage(client).command != "001":
            pass
        case.getMessages(client)
        case.sendLine(client, line)
        answers = [" ".join([message.command, *message.params]) for message in case.getMessages(client)]
        assert any(re.match("REGISTER SUCCESS", answer) for answer in answers), answers
        case.sendLine(client, "QUIT")
        case.assertDisconnected(client)


def get_irctest_controller_class():
    return Controller

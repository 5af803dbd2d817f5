"""`cairn sandbox`: what it prints is all that it takes for a Cairn to listen to a made-up Discord."""

from __future__ import annotations

import re
import signal
import socket
import time
from contextlib import closing

from tests.scenarios.commands import Cairn

SETTING = re.compile(r"export (CAIRN_\w+)=(\S+)")


def test_sandbox_prints_settings_with_which_cairn_listens_to_it(cairn_here: Cairn) -> None:
    with cairn_here.started("sandbox", "discord", "--pace", "20") as sandbox:
        assert sandbox.stdout is not None
        shown = ""
        while "Afterwards" not in shown:
            shown += sandbox.stdout.readline()
        cairn_here.more |= dict(SETTING.findall(shown)) | {"CAIRN_HEALTH_PORT": "0", "CAIRN_DISCORD_MEMBERS": "on"}
        looked = cairn_here("doctor")
        with cairn_here.started("run") as listening:
            until_engaged(cairn_here)
            listening.send_signal(signal.SIGTERM)
            assert listening.wait(60) == 0
        sandbox.send_signal(signal.SIGINT)
        _, told = sandbox.communicate(timeout=60)
    assert (sandbox.returncode, told) == (0, "")
    assert looked.code == 0, looked
    assert "fine  discord" in looked.out
    assert cairn_here("report", "--json").json["community"] == "Garden"


def until_engaged(cairn: Cairn) -> None:
    end = time.monotonic() + 60
    while True:
        report = cairn("report", "--json")
        if report.code == 0 and report.json["engagements"]:
            return
        assert time.monotonic() < end, report


def test_sandbox_refuses_what_cannot_be(cairn_here: Cairn) -> None:
    assert "--port: 70000 is no port" in cairn_here("sandbox", "discord", "--port", "70000").refused()
    assert "--pace: -1.0 is too fast or too slow" in cairn_here("sandbox", "discord", "--pace", "-1").refused()
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"--port: {port} cannot be used" in cairn_here("sandbox", "discord", "--port", port).refused(2)

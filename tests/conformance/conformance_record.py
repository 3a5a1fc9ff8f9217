"""Plugin for the TUF project's conformance suite: keeps what the client under test answered to each call.

The suite looks at whether a call succeeded. Here is written, one line of JSON a test, also what the client said and which version of
each role it believed afterwards, so that a refusal can be told from a crash, and two clients can be compared call by call (check.ts).
Use: pytest -p conformance_record --answers FILE (docs/conformance.md).
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import securesystemslib
import tuf
import tuf_conformance
from tuf_conformance._internal.client_runner import ClientRunner

_calls = []
_out = None


def pytest_addoption(parser):
    parser.addoption("--answers", required=True, help="file for what the client answered")


def pytest_configure(config):
    global _out
    _out = open(config.getoption("--answers"), "w", encoding="utf-8")
    _write(
        client=Path(config.getoption("--entrypoint")).name,
        repositories="scanner" if config.pluginmanager.has_plugin("scanner_repository") else "suite",
        suite=tuf_conformance.__version__,
        tuf=tuf.__version__,
        securesystemslib=securesystemslib.__version__,
    )


def pytest_unconfigure():
    _out.close()


def pytest_runtest_setup():
    _calls.clear()


def pytest_runtest_logreport(report):
    if report.when != "call" and not report.failed:
        return
    file, _, name = report.nodeid.partition("::")
    _write(test=f"{Path(file).name}::{name}", passed=report.passed, calls=list(_calls))


def _write(**line):
    _out.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")


def _run(self, cmd):
    with TemporaryFile() as stderr:
        popen = subprocess.Popen(cmd, stderr=stderr)
        while popen.poll() is None:
            self._server.handle_request()
        stderr.seek(0)
        said = stderr.read().decode("utf-8", "replace").strip()
    sys.stderr.write(said)
    command = cmd[-1] if cmd[-1] in ("refresh", "download") else "init"
    _calls.append(
        {"call": command, "exit": popen.returncode, "said": _last(said), "believed": _believed(self.metadata_dir)}
    )
    return popen.returncode


def _last(said):
    """What a client says as JSON is kept as that, anything else as the end of the text."""
    line = said.rpartition("\n")[2]
    try:
        return json.loads(line)
    except ValueError:
        return line[:300] or None


def _believed(folder):
    return {path.stem: _version(path) for path in sorted(Path(folder).glob("*.json"))}


def _version(path):
    return json.loads(path.read_bytes())["signed"].get("version")


ClientRunner._run = _run

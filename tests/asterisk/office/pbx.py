"""An Asterisk of one's own: its folder, its ports, its start and its end."""
import itertools
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
SHIPPED = HERE.parent.parent / "etc" / "asterisk"
# Those of the tests of TLS: good.pem, expired.pem, elsewhere.pem, self-signed.pem.
CERTIFICATES = HERE.parent.parent / "core" / "tests" / "tls"
VERSIONS = ("22", "16")


class Absent(Exception):
    """Asterisk is not to be had here; the text says why."""


def installed(version):
    """The folder of that Asterisk, fetched when it isn't there."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", "/tmp"), ".cache")
    root = pathlib.Path(os.environ.get(f"SWITCHROOM_ASTERISK_{version}") or f"{cache}/switchroom/asterisk/{version}")
    done = subprocess.run([HERE / "install", version, root], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 77:
        raise Absent(done.stdout.strip())
    if done.returncode:
        raise RuntimeError(f"install {version} ended with {done.returncode}:\n{done.stdout}")
    return root


# Each process looks in a range of its own, below the ports the system gives to
# connections, so that no other takes a port between our looking and Asterisk's.
_ports = itertools.count(20000 + os.getpid() % 630 * 20)


def free_port(kind=socket.SOCK_STREAM):
    """A port of the loopback nobody has."""
    for port in _ports:
        with socket.socket(socket.AF_INET, kind) as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Pbx:
    """`folder` must have a short path: a UNIX socket lies in it."""

    def __init__(self, version, plan, folder, trunk_port):
        self.version, self.plan, self.root = version, plan, installed(version)
        self.folder = pathlib.Path(folder).resolve()
        # Where logger_switchroom.conf puts it, seen from var/log/asterisk.
        self.log = self.folder / "run" / "asterisk" / "queue_log"
        self.trunk_port = trunk_port
        self.manager_port = self.tls_port = self.sip_port = None
        self.process = None

    def start(self):
        """Returns when it is ready for calls. A second start is a restart: same ports, same files."""
        if self.manager_port is None:
            self._configure()
        out = open(self.folder / "console", "ab")
        self.process = subprocess.Popen(
            [self.root / "run", "/usr/sbin/asterisk", "-f", "-C", self.folder / "etc" / "asterisk.conf"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self.folder, start_new_session=True)
        out.close()
        until = time.monotonic() + 60
        while "fully booted" not in self.cli("core waitfullybooted"):
            if self.process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "console").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"Asterisk {self.version} did not start:\n{said}")
            time.sleep(0.1)
        self._check_ports()
        return self

    def _check_ports(self):
        """Asterisk goes on without a port it can't have; a test can't."""
        with socket.create_connection(("127.0.0.1", self.manager_port), timeout=10):
            pass
        if "127.0.0.1:%d" % self.sip_port not in self.cli("pjsip show transports"):
            raise RuntimeError(f"Asterisk {self.version} did not get SIP port {self.sip_port}")

    def stop(self):
        if self.running:
            self.cli("core stop now")
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        """As a power cut would."""
        if self.running:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        (self.folder / "run" / "asterisk.ctl").unlink(missing_ok=True)

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def cli(self, command):
        """What the console says to a command."""
        done = subprocess.run(
            [self.root / "run", "/usr/sbin/asterisk", "-C", self.folder / "etc" / "asterisk.conf", "-rx", command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            errors="replace", check=False)
        return done.stdout

    def show_certificate(self, name):
        """The manager interface shows this one from now on."""
        file = self.folder / "etc" / "manager.conf"
        lines = file.read_text(encoding="utf-8").splitlines()
        lines = [f"tlscertfile = {CERTIFICATES / name}" if line.startswith("tlscertfile") else line for line in lines]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.cli("manager reload")

    def records(self):
        """The queue log, each record as the list of its fields."""
        if not self.log.exists():
            return []
        return [line.rstrip("\n").split("|") for line in self.log.read_text(encoding="utf-8").splitlines()]

    def complaints(self):
        """Warnings and errors of the log that concern the files we ship."""
        text = (self.folder / "var" / "log" / "asterisk" / "messages").read_text(errors="replace")
        return [line for line in text.splitlines() if "switchroom" in line.lower() or "SR_" in line]

    def _configure(self):
        for name in ("etc", "lib/keys", "run/asterisk", "spool/monitor", "var/log/asterisk"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.manager_port, self.tls_port = free_port(), free_port()
        self.sip_port = free_port(socket.SOCK_DGRAM)
        # Asterisk passes over ports that are taken, so two offices may share some.
        first = 10000 + 2 * random.randrange(4500)
        values = {
            "FOLDER": self.folder, "ROOT": self.root, "SHIPPED": SHIPPED, "MANAGER_PORT": self.manager_port,
            "TLS_PORT": self.tls_port, "CERTIFICATES": CERTIFICATES,
            "RTP_FIRST": first, "RTP_LAST": first + 999, "PARKING_SECONDS": self.plan.parking_seconds,
            "ROUTES": self.plan.routes(), "NUMBERS": self.plan.inside(),
        }
        files = {path.name: path.read_text() for path in sorted((HERE / "conf").iterdir())}
        for name, text in files.items():
            for key, value in values.items():
                text = text.replace(f"@{key}@", str(value))
            files[name] = text
        files["extensions_switchroom_office.conf"] = self.plan.office()
        files["queues.conf"] = self.plan.queues_conf(SHIPPED)
        files["pjsip.conf"] = self.plan.pjsip_conf(self.sip_port, self.trunk_port)
        for name, text in files.items():
            (self.folder / "etc" / name).write_text(text, encoding="utf-8")

"""Switchroom as a process, asked through its API."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import time

# Generous: the machine may be busy. Nothing waits longer than it has to.
PATIENCE = float(os.environ.get("SWITCHROOM_PATIENCE", 60))


class Switchroom:
    """`manager` is (port, user, secret) of a manager interface, or None. With `counts` calls count by it too."""

    def __init__(self, binary, folder, log, manager=None, counts=False, settings=""):
        self.binary, self.folder, self.log, self.manager = binary, pathlib.Path(folder), log, manager
        self.counts = counts
        self.settings = settings
        self.process = None
        self.host = self.claim = self.cookie = self.csrf = ""

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "switchroom.toml"
        text = f'[log]\npath = "{self.log}"\n[store]\ndata = "{self.folder}"\nbackups = 0\n[portal]\nlisten = "127.0.0.1:0"\n'
        if self.manager:
            port, user, secret = self.manager
            (self.folder / "secret").write_text(secret + "\n")
            text += f'[ami]\nport = {port}\nuser = "{user}"\nsecret_file = "{self.folder}/secret"\n'
            text += f"count_calls = {str(self.counts).lower()}\n"
            text += "[tracker]\nenabled = true\nparkedcalls = true\n"
            text += '[actions]\noutside = "9"\n[office.outcomes.CALLBACK]\nfeatures = ["asked"]\n'
        settings.write_text(text + self.settings)
        errors = open(self.folder / "said", "ab")
        self.process = subprocess.Popen([self.binary, "run", "--config", settings], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=errors, text=True)
        errors.close()
        self.claim = ""
        for line in self.process.stdout:
            name, _, value = line.strip().partition(":")
            if name == "portal":
                self.host = value.strip().removeprefix("http://").rstrip("/")
            elif name == "claim code":
                self.claim = value.strip()
                break
            elif line.strip().startswith("Log in"):
                break
        else:
            raise RuntimeError(f"switchroom did not start:\n{(self.folder / 'said').read_text()[-2000:]}")
        self._enter()
        return self

    def _enter(self):
        self.cookie = self.csrf = ""
        person = {"account": "ann", "password": "four words long enough"}
        if self.claim:
            me = self.post("/api/v1/claim", code=self.claim, name="Ann", language="en", **person)
        else:
            me = self.post("/api/v1/session", **person)
        self.csrf = me["csrf"]

    def stop(self, kill=False):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    # ------------------------------------------------------------ asking
    def request(self, method, path, body=None):
        """(status, answer)."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            if cookie := reply.getheader("set-cookie"):
                self.cookie = cookie.split(";")[0]
        finally:
            connection.close()
        try:
            return reply.status, json.loads(text)
        except ValueError:
            return reply.status, text

    def get(self, path):
        status, answer = self.request("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {answer}")
        return answer

    def post(self, path, **body):
        status, answer = self.request("POST", path, body)
        if status >= 300:
            raise RuntimeError(f"POST {path}: {status} {answer}")
        return answer

    def until(self, path, wanted, what=""):
        """Asks until `wanted(answer)` is true and returns the answer."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.get(path)
            if wanted(answer):
                return answer
            if time.monotonic() > end:
                raise AssertionError(f"{path} never showed {what or 'what was wanted'}; it shows "
                                     + json.dumps(answer)[:4000])
            time.sleep(0.1)

    def live(self, wanted, what=""):
        return self.until("/api/v1/live", wanted, what)

    # ------------------------------------------------------------ the manager interface
    def has_link(self):
        status, answer = self.request("GET", "/api/v1/office")
        return status == 200 and answer["ami"]["state"] != "off"

    def linked(self, state):
        """Waits until the link to Asterisk is in a state."""
        return self.until("/api/v1/office", lambda office: office["ami"]["state"] == state, f"the link {state}")

    def act(self, what, **fields):
        """An action, to its end: (status, what is said)."""
        status, answer = self.request("POST", f"/api/v1/actions/{what}", fields)
        while status == 200 and answer["state"] in ("accepted", "pending"):
            status, answer = self.request("GET", f"/api/v1/actions/{answer['id']}")
        return status, answer

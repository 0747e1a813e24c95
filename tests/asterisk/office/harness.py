"""An office for tests: everything started, and driven from ordinary functions.

The telephones live in an event loop of their own thread; tests call `do` with a
coroutine, or the helpers that wait for what a telephone sees. Nothing sleeps
for what can be waited for.
"""
import asyncio
import os
import pathlib
import shutil
import tempfile
import threading
import time
import unittest

from .cable import Cable
from .manager import Manager
from .pbx import Absent, Pbx
from .sound import Clock
from .switchroom import PATIENCE, Switchroom
from .telephone import Telephone

FAR = "0177"     # numbers of callers begin so; no two calls share one


class Office:
    def __init__(self, plan, version):
        self.plan, self.version = plan, version
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sr-"))
        self.began = int(time.time())
        self.phones = {}
        self.pbx = self.trunk = self.driver = self.cable = None
        self.switchrooms, self.events = [], []
        self._callers = 1000
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, coroutine, patience=PATIENCE):
        """Runs a coroutine among the telephones and returns what it returns."""
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, patience), self._loop).result()

    def open(self):
        self.clock = Clock()
        self._ticking = asyncio.run_coroutine_threadsafe(self.clock.run(), self._loop)
        # The trunk's port is in Asterisk's configuration, so it comes first.
        self.trunk = Telephone("trunk", "", None, self.clock, "127.0.0.2")
        self.do(self.trunk.open())
        self.pbx = Pbx(self.version, self.plan, self.folder / "pbx", self.trunk.port).start()
        server = ("127.0.0.1", self.pbx.sip_port)
        self.trunk.server = server
        for number in self.plan.numbers():
            self.phones[number] = Telephone(number, f"secret-{number}", server, self.clock)
            self.do(self.phones[number].open())
        self.register()
        self.link()
        return self

    def link(self):
        """The driver's own connection; what it hears is kept in `events`."""
        self.driver = Manager(self.pbx.manager_port, "driver", "driver-secret")
        self.driver.on_event = self.events.append
        self.do(self.driver.open())

    def event(self, name, after=0, **fields):
        """The first event of a name whose fields begin so, from number `after` on."""
        until = time.monotonic() + PATIENCE
        while True:
            for one in self.events[after:]:
                if one["Event"] == name and all(one.get(k, "").startswith(v) for k, v in fields.items()):
                    return one
            if time.monotonic() > until:
                raise AssertionError(f"Asterisk never told of {name} {fields}")
            time.sleep(0.05)

    def register(self):
        for number, phone in self.phones.items():
            if not self.do(phone.register()):
                raise RuntimeError(f"telephone {number} could not register")

    def crash(self):
        """Asterisk is killed as by a power cut, and started again."""
        self.pbx.kill()
        for phone in [self.trunk, *self.phones.values()]:
            self._loop.call_soon_threadsafe(phone.forget)
        self.do(self.driver.close())
        self.pbx.start()
        self.register()
        self.link()

    def log_on(self, *people):
        """Each at the telephone of one's own, to the queues of one's own."""
        for person in people:
            after = self.lines()
            self.code(person.telephone, "*41")
            self.record("ADDMEMBER", agent=person.name, after=after)

    def watch(self, name="switchroom", manager=False, settings=""):
        """A Switchroom on this Asterisk's log, and on its manager interface if asked: over
        `cable`, which a test may cut."""
        link = None
        if manager:
            self.cable = self.do(Cable(self.pbx.manager_port).open())
            link = (self.cable.port, "switchroom", "CHANGE-ME")
        one = Switchroom(os.environ["SWITCHROOM"], self.folder / name, self.pbx.log, link, settings=settings).start()
        if manager and not one.has_link():
            one.stop()
            print("this Switchroom does not listen to managers yet: only its log is tested")
            return
        self.switchrooms.append(one)
        one.live(lambda live: live["source"]["state"] == "following", "the log being followed")
        if manager:
            one.linked("up")

    def close(self):
        for one in self.switchrooms:
            one.stop()
        for phone in [self.trunk, *self.phones.values()]:
            if phone is not None:
                self._loop.call_soon_threadsafe(phone.close)
        if self.pbx is not None:
            self.pbx.stop()
        self._ticking.cancel()
        self.do(asyncio.sleep(0))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        if os.environ.get("SWITCHROOM_KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------ telephones
    def new_caller(self):
        self._callers += 1
        return f"{FAR}{self._callers}"

    def dial_in(self, did, name="", caller=None):
        """A call from outside."""
        return self.do(self._call(self.trunk, did, caller=caller or self.new_caller(), name=name))

    def dial(self, number, what):
        """A call from one of our telephones."""
        return self.do(self._call(self.phones[number], what))

    @staticmethod
    async def _call(phone, number, **fields):
        return phone.call(number, **fields)

    def rings(self, number):
        """The next call that rings at a telephone; "trunk" is the outside."""
        phone = self.trunk if number == "trunk" else self.phones[number]
        while True:
            call = self.do(phone.rang.get())
            if call.state != "over":    # it may have rung while nobody looked
                return call

    def answers(self, number, talk=0.0):
        """The next call of a telephone that lives long enough, answered and joined to its caller.

        Between the answer and the bridge Asterisk takes a hang-up for the caller's, and refuses
        transfers.
        """
        while True:
            call, after = self.rings(number), len(self.events)
            if self.answer(call):
                self.event("BridgeEnter", after, Channel=f"PJSIP/{number}-")
                time.sleep(talk)
                return call

    def lifts(self, number):
        """The next call of a telephone that nobody is joined to yet: Asterisk called it first, or for a listener."""
        while True:
            call = self.rings(number)
            if self.answer(call):
                return call

    def answer(self, call):
        """False when it no longer rings."""
        return self.do(self._answer(call))

    @staticmethod
    async def _answer(call):
        return call.answer()

    def refuses(self, number):
        call = self.rings(number)
        self._loop.call_soon_threadsafe(call.refuse)
        self.over(call)
        return call

    def hang_up(self, call):
        self.do(call.hang_up())
        self.over(call)

    def transfer(self, call, to):
        """Blind to a number, attended to another call; returns once it is done. Refused, it is
        asked for again, as a person would."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            asked = call.transfer(to) if isinstance(to, str) else call.transfer_to(to)
            if self.do(asked) and self.do(call.transfer_result()) < 300:
                self.over(call)
                return
        raise AssertionError(f"the transfer to {to} was never done")

    def quiet(self):
        """Every call is ended, whatever a test left behind."""
        for phone in [self.trunk, *self.phones.values()]:
            for call in list(phone.calls.values()):
                if call.state != "over":
                    self.hang_up(call)

    def over(self, call):
        """Waits until the call has ended."""
        self.do(call.over.wait())

    def up(self, call):
        """Waits until the other side has answered."""
        self.do(call.answered.wait())

    def code(self, number, what):
        """A feature code. The PBX answers, or refuses, when all is done."""
        call = self.dial(number, what)
        self.do(call.settled())
        self.hang_up(call)

    # ------------------------------------------------------------ records
    def records(self, wanted, what):
        """The queue log once `wanted(records)` is true."""
        until = time.monotonic() + PATIENCE
        while True:
            records = self.pbx.records()
            if wanted(records):
                return records
            if time.monotonic() > until:
                raise AssertionError(f"the queue log never had {what}; it ends with\n"
                                     + "\n".join("|".join(one) for one in records[-20:]))
            time.sleep(0.05)

    def record(self, verb, queue=None, agent=None, after=0):
        """The first record of a verb, from line `after` on."""
        def fits(one):
            return one[4] == verb and queue in (None, one[2]) and agent in (None, one[3])
        found = self.records(lambda all_: any(fits(one) for one in all_[after:]), f"{verb} {queue or ''} {agent or ''}")
        return next(one for one in found[after:] if fits(one))

    def lines(self):
        return len(self.pbx.records())


def version():
    return os.environ.get("ASTERISK", "22")


class OfficeTest(unittest.TestCase):
    """One office per class; a subclass names its `plan()`."""

    office = None
    managers = (False,)      # one Switchroom for each: with the manager interface?
    settings = ""            # more for their settings file; @SPOOL@ is Asterisk's folder of recordings

    @classmethod
    def plan(cls):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        try:
            cls.office = Office(cls.plan(), version())
        except Absent as absent:
            raise unittest.SkipTest(str(absent)) from absent
        cls.addClassCleanup(cls.office.close)
        cls.office.open()
        for number, manager in enumerate(cls.managers):
            spool = cls.office.folder / "pbx" / "spool" / "monitor" / "switchroom"
            cls.office.watch(f"switchroom{number}", manager, cls.settings.replace("@SPOOL@", str(spool)))

    def tearDown(self):
        self.office.quiet()

    def until(self, done, what):
        """Waits until `done()`; looks often, because nothing tells."""
        end = time.monotonic() + PATIENCE
        while not done():
            self.assertLess(time.monotonic(), end, f"never: {what}")
            time.sleep(0.02)

    # ------------------------------------------------------------ what Switchroom shows
    def live(self, wanted, what, on=None):
        """Waits until every Switchroom (of those `on`) shows it; returns what the last one shows."""
        shown = [one.live(wanted, what) for one in (self.office.switchrooms if on is None else on)]
        return shown[-1] if shown else None

    def agent_is(self, name, state, on=None, sits_at=None, **more):
        """`sits_at` is the extension of the telephone: from the log alone only its device is known."""
        def right(live):
            agent = next((one for one in live["agents"] if one["name"] == name), None)
            if agent is None or agent["state"] != state:
                return False
            if sits_at is not None and agent["extension"] not in (sits_at, f"PJSIP/{sits_at}"):
                return False
            return all(agent[k] == v for k, v in more.items())
        return self.live(right, f"{name} {state} {sits_at or ''} {more or ''}", on)

    def no_agent(self, name):
        return self.live(lambda live: all(one["name"] != name or not one["queues"] for one in live["agents"]),
                         f"{name} logged off")

    def call_is(self, caller, state, on=None, **more):
        """The live row of a caller, once it is in that state."""
        def row(live):
            return next((one for one in live["calls"] if one["number"] == caller), None)

        def right(live):
            one = row(live)
            return one is not None and one["state"] == state and all(one[k] == v for k, v in more.items())
        shown = self.live(right, f"the call of {caller} {state} {more or ''}", on)
        return row(shown) if shown else None

    def stints(self, caller, count=1):
        """The finished queue calls of a caller, oldest first, the same in every Switchroom.

        Lengths of holds and calls of parking lots are the tracker's: not compared.
        """
        path = f"/api/v1/calls?{self.period()}&caller={caller}&order=oldest"

        def of_queues(page):
            return [row for row in page["rows"] if not row["queue"].startswith("pk-")]
        answers = []
        for one in self.office.switchrooms:
            page = one.until(path, lambda page: len(of_queues(page)) == count
                             and not any(row["open"] for row in page["rows"]), f"{count} finished stints")
            answers.append([{k: v for k, v in row.items() if k not in ("id", "hold")} for row in of_queues(page)])
        for other in answers[1:]:
            self.assertEqual(answers[0], other)
        return answers[0]

    def with_manager(self):
        return [one for one in self.office.switchrooms if one.manager]

    def stint(self, caller, **expected):
        row = self.stints(caller)[0]
        self.assertEqual({key: row[key] for key in expected}, expected, row)
        return row

    def log_only(self):
        return [one for one in self.office.switchrooms if not one.manager]

    def period(self):
        """From before the office began to after its end, in UTC."""
        form = "%Y-%m-%dT%H:%M:%S"
        return (f"from={time.strftime(form, time.gmtime(self.office.began - 60))}"
                f"&to={time.strftime(form, time.gmtime(self.office.began + 7200))}&tz=UTC")

    def verbs(self, caller):
        """The verbs of a caller's queue calls, in the order of the log."""
        records = self.office.pbx.records()
        ids = {one[1] for one in records if one[4] == "ENTERQUEUE" and one[6] == caller}
        return [one[4] for one in records if one[1] in ids]


def in_written_order(loader, tests, pattern):
    """`load_tests` of a module whose last test counts what the earlier ones did."""
    suite = unittest.TestSuite()
    for group in tests:
        by_name = {test._testMethodName: test for test in group}
        written = [name for test in by_name.values() for cls in reversed(type(test).__mro__) for name in vars(cls)]
        suite.addTests(by_name[name] for name in dict.fromkeys(written) if name in by_name)
    return suite

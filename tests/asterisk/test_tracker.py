"""`switchroom track` beside a real Asterisk: what Asterisk does not log is in its log all the same."""
import os
import signal
import subprocess
import time
import unittest

from office.harness import OfficeTest
from office.plan import Person, Plan, Queue

ALICE, BRUNO = Person("201", "Alice Moreau", "1201"), Person("202", "Bruno Keller", "1202")


class Tracked(OfficeTest):
    """Switchroom reads the queue log alone; the tracker writes into it."""

    @classmethod
    def plan(cls):
        return Plan(people=[ALICE, BRUNO], telephones=["281"], parking_seconds=4,
                    queues=[Queue("sales", "0155501", "601", members=("201",))])

    @classmethod
    def setUpClass(cls):
        if subprocess.run([os.environ["SWITCHROOM"], "track", "--help"], capture_output=True, check=False).returncode:
            raise unittest.SkipTest("this Switchroom has no tracker")
        super().setUpClass()
        cls.office.log_on(ALICE)
        cls.start()
        cls.addClassCleanup(cls.stop)

    @classmethod
    def start(cls):
        office = cls.office
        secret = office.folder / "secret"
        secret.write_text("CHANGE-ME\n")
        errors = open(office.folder / "tracker", "ab")
        cls.tracker = subprocess.Popen(
            [os.environ["SWITCHROOM"], "track", "--port", str(office.pbx.manager_port), "--login", "switchroom",
             "--secret-file", secret, "--queue-log", office.pbx.log, "--pid", office.folder / "tracker.pid",
             "--parkedcalls", "--outboundcalls", "--force"],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        errors.close()
        # It is there when Asterisk names it among those who are connected.
        until = time.monotonic() + 60
        while "switchroom" not in office.pbx.cli("manager show connected"):
            if cls.tracker.poll() is not None or time.monotonic() > until:
                raise AssertionError((office.folder / "tracker").read_text()[-2000:])
            time.sleep(0.1)
        time.sleep(1)       # the lists of what is there now

    @classmethod
    def stop(cls):
        if cls.tracker.poll() is None:
            cls.tracker.send_signal(signal.SIGTERM)
            cls.tracker.wait(60)

    def tracked(self, queue, **which):
        """The finished call of a queue whose row has these values."""
        def found(page):
            return [row for row in page["rows"]
                    if not row["open"] and all(row[key] == value for key, value in which.items())]
        path = f"/api/v1/calls?{self.period()}&queue={queue}"
        return found(self.office.switchrooms[0].until(path, lambda page: len(found(page)) == 1, f"{which} of {queue}"))[0]

    def call_to_alice(self):
        call = self.office.dial_in("0155501")
        return call, self.office.answers("201")

    def test_a_held_call_has_its_holds(self):
        office = self.office
        call, talk = self.call_to_alice()
        for _ in range(2):
            after = office.lines()
            office.do(talk.hold())
            office.record("CALLERONHOLD", "sales", ALICE.name, after)
            self.call_is(call.caller, "hold", agent=ALICE.name)
            time.sleep(1.1)     # a hold of at least a second
            office.do(talk.resume())
            office.record("CALLEROFFHOLD", "sales", ALICE.name, after)
            self.call_is(call.caller, "talking")
        office.hang_up(talk)
        self.stint(call.caller, queue="sales", cause="agent")
        row = self.tracked("sales", number=call.caller)
        self.assertGreaterEqual(row["hold"], 2)

    def park(self):
        call, talk = self.call_to_alice()
        after = self.office.lines()
        self.office.transfer(talk, "700")
        record = self.office.record("ENTERQUEUE", "pk-default", after=after)
        self.assertEqual(record[6], f"701-{call.caller}")
        return call, record[1]

    def test_a_parked_call_fetched_is_an_answered_call_of_its_lot(self):
        office = self.office
        call, log_id = self.park()
        fetch = office.dial("281", "701")
        office.up(fetch)
        office.record("CONNECT", "pk-default", "PJSIP/281")
        time.sleep(1.1)         # a talk of at least a second
        office.hang_up(fetch)
        office.over(call)
        row = self.tracked("pk-default", call_id=log_id)
        self.assertEqual((row["answered"], row["agent"], row["cause"]), (True, "PJSIP/281", "agent"))
        self.assertGreaterEqual(row["talk"], 1)
        self.stint(call.caller, queue="sales", cause="blind transfer")

    def test_a_parked_call_nobody_fetches_is_lost_by_time_out(self):
        office = self.office
        call, log_id = self.park()
        back = office.answers("201")
        office.hang_up(back)
        office.over(call)
        row = self.tracked("pk-default", call_id=log_id)
        self.assertEqual((row["answered"], row["cause"]), (False, "timeout"))

    def call_out(self):
        """A call to the outside which the tracker has seen ringing; its number and both ends."""
        office = self.office
        number, after = office.new_caller(), office.lines()
        call, far = office.dial("202", "9" + number), office.rings("trunk")
        record = office.record("CALLOUTBOUND", "q-outbound", "PJSIP/202", after)
        self.assertEqual(record[6], "9" + number)      # what was dialled
        return "9" + number, call, far

    def test_a_call_out_is_a_call_of_the_outbound_campaign(self):
        office = self.office
        number, call, far = self.call_out()
        self.call_is(number, "waiting", direction="out", queue="q-outbound")
        self.assertTrue(office.answer(far))
        self.call_is(number, "talking", direction="out", queue="q-outbound")
        time.sleep(1.1)         # a talk of at least a second
        office.hang_up(far)
        office.over(call)
        row = self.stint(number, queue="q-outbound", direction="out", answered=True, cause="caller")
        self.assertEqual(row["agent"], "PJSIP/202")

        number, call, far = self.call_out()
        office.hang_up(call)
        office.over(far)
        self.stint(number, queue="q-outbound", direction="out", answered=False)

    def test_a_call_the_dialplan_logs_is_not_logged_twice(self):
        office = self.office
        number = office.new_caller()
        call = office.dial("201", "*481*" + number)
        far = office.answers("trunk")
        self.call_is(number, "talking", direction="out", queue="q-autumn")
        time.sleep(1.1)         # longer than the tracker waits before it writes
        office.hang_up(call)
        office.over(far)
        self.stint(number, queue="q-autumn", agent=ALICE.name)

    def test_killed_in_the_middle_of_calls_the_tracker_goes_on_with_them(self):
        office = self.office
        number, call, far = self.call_out()
        self.assertTrue(office.answer(far))
        self.call_is(number, "talking", direction="out")
        self.tracker.kill()
        self.tracker.wait(60)
        self.start()
        office.hang_up(call)
        office.over(far)
        self.stint(number, queue="q-outbound", answered=True)

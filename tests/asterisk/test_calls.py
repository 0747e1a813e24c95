"""Calls of every kind through a real Asterisk: what the telephones did is what
the log, the live view and the reports say."""
import time
from collections import Counter

from office.harness import OfficeTest, in_written_order
from office.plan import Person, Plan, Queue

load_tests = in_written_order

ALICE, BRUNO, CHIARA, DIETER, EVA = (
    Person("201", "Alice Moreau", "1201"), Person("202", "Bruno Keller", "1202"),
    Person("203", "Chiara Lodi", "1203"), Person("204", "Dieter Braun", "1204"),
    Person("205", "Eva O'Neill", "1205"))


class Calls(OfficeTest):
    """Two Switchrooms on one Asterisk: one has the queue log alone, the other the
    manager interface too. They must agree on every call."""

    managers = (False, True)

    @classmethod
    def plan(cls):
        return Plan(
            people=[ALICE, BRUNO, CHIARA, DIETER, EVA],
            telephones=["281", "282", "290"],
            queues=[
                Queue("sales", "0155501", "601", members=("201", "202")),
                # Rings three seconds at a time, one after the other.
                Queue("support", "0155502", "602", members=("203",), settings={"timeout": 3, "strategy": "rrmemory"}),
                Queue("short", "0155503", "603", seconds=4, members=("204",)),
                Queue("parts", "0155504", "604", members=("205",), settings={"maxlen": 1}),
                Queue("empty", "0155505", "605", settings={"joinempty": "no"}),
            ],
            monitors=("290",), parking_seconds=4)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office.log_on(*cls.plan().people)

    #: What happened: queue → Counter of answered and lost stints.
    truth = {}

    def happened(self, queue, what):
        self.truth.setdefault(queue, Counter())[what] += 1

    def answered(self, call, queue, **expected):
        self.happened(queue, "answered")
        return self.stint(call.caller, queue=queue, answered=True, **expected)

    def lost(self, call, queue, **expected):
        self.happened(queue, "lost")
        return self.stint(call.caller, queue=queue, answered=False, **expected)

    # ------------------------------------------------------------ one call
    def test_an_answered_call_is_seen_waiting_then_talking_then_counted(self):
        office = self.office
        call = office.dial_in("0155501", name="Rossi & Figli")
        one, two = office.rings("201"), office.rings("202")
        self.assertEqual((one.caller, one.caller_name), (call.caller, "Rossi & Figli"))
        self.live(lambda live: live["total"]["waiting"] == 1, "one caller waiting")
        self.assertTrue(office.answer(one))
        office.over(two)        # ring-all: the other telephone falls silent
        self.call_is(call.caller, "talking", agent=ALICE.name, queue="sales", dnis="0155501")
        self.agent_is(ALICE.name, "talking", caller=call.caller, direction="in")
        time.sleep(1.2)         # a talk of at least a second
        office.hang_up(one)
        office.over(call)
        row = self.answered(call, "sales", agent=ALICE.name, cause="agent", position=1, dnis="0155501")
        self.assertGreaterEqual(row["talk"], 1)
        self.assertEqual(self.verbs(call.caller), ["DID", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT"])
        self.agent_is(ALICE.name, "ready", taken=1)

    def test_a_caller_who_hangs_up_after_talking_ended_the_call(self):
        call = self.office.dial_in("0155502")
        talk = self.office.answers("203", talk=0.5)
        self.office.hang_up(call)
        self.office.over(talk)
        self.answered(call, "support", agent=CHIARA.name, cause="caller")

    def test_a_caller_who_gives_up_is_lost(self):
        call = self.office.dial_in("0155502")
        ring = self.office.rings("203")
        self.waits(call)
        self.office.hang_up(call)
        self.office.over(ring)
        self.lost(call, "support", cause="abandon", agent=None, talk=None)
        self.assertIn("ABANDON", self.verbs(call.caller))

    def test_a_caller_nobody_answers_in_time_is_lost_by_time_out(self):
        call = self.office.dial_in("0155503")
        self.office.rings("204")
        self.office.over(call)
        row = self.lost(call, "short", cause="timeout")
        self.assertGreaterEqual(row["wait"], 3)

    def test_rings_not_answered_and_refused_are_attempts(self):
        office = self.office
        call = office.dial_in("0155502")
        office.over(office.rings("203"))        # rings out
        office.refuses("203")
        talk = office.answers("203")
        self.call_is(call.caller, "talking", agent=CHIARA.name)
        office.hang_up(talk)
        row = self.answered(call, "support", agent=CHIARA.name)
        self.assertEqual(row["attempts"], 3)
        self.assertEqual(Counter(self.verbs(call.caller))["RINGNOANSWER"], 2)

    def test_a_full_queue_and_an_empty_one_turn_callers_away(self):
        office = self.office
        first = office.dial_in("0155504")
        ring = office.rings("205")
        second = office.dial_in("0155504")
        office.over(second)
        third = office.dial_in("0155505")
        office.over(third)
        records = office.records(lambda all_: {"FULL", "JOINEMPTY"} <= {one[4] for one in all_}, "FULL and JOINEMPTY")
        self.assertEqual({one[2] for one in records if one[4] in ("FULL", "JOINEMPTY")}, {"parts", "empty"})
        office.hang_up(first)
        office.over(ring)
        self.lost(first, "parts", cause="abandon")

    def test_callers_wait_in_their_order(self):
        office = self.office
        first = office.dial_in("0155502")
        office.rings("203")
        second = office.dial_in("0155502")
        live = self.live(lambda live: live["total"]["waiting"] == 2, "two callers waiting")
        queue = next(one for one in live["queues"] if one["name"] == "support")
        self.assertEqual(queue["waiting"], 2)
        self.assertEqual({one["number"]: one["position"] for one in live["calls"]},
                         {first.caller: 1, second.caller: 2})
        talk = office.answers("203")
        self.assertEqual(talk.caller, first.caller)
        office.hang_up(first)
        office.over(talk)
        talk = office.answers("203")
        self.assertEqual(talk.caller, second.caller)
        office.hang_up(second)
        self.answered(first, "support", position=1)
        self.answered(second, "support", position=2)

    def waits(self, call):
        """Only the manager interface tells that a telephone rings."""
        self.call_is(call.caller, "waiting", position=1, on=self.log_only())
        self.call_is(call.caller, "ringing", position=1, on=self.with_manager())
        self.agent_is(CHIARA.name, "ringing", on=self.with_manager())

    # ------------------------------------------------------------ with more in them
    def test_a_held_call_stays_one_call(self):
        office = self.office
        call = office.dial_in("0155502")
        talk = office.answers("203")
        self.call_is(call.caller, "talking")
        for _ in range(2):
            self.assertTrue(office.do(talk.hold()))
            self.held(call)
            time.sleep(1.1)
            self.assertTrue(office.do(talk.resume()))
            self.call_is(call.caller, "talking")
        office.hang_up(talk)
        self.answered(call, "support", agent=CHIARA.name, cause="agent")
        for one in self.with_manager():
            page = one.get(f"/api/v1/calls?{self.period()}&caller={call.caller}")
            self.assertGreaterEqual(page["rows"][0]["hold"], 2)

    def held(self, call):
        """Only the manager interface tells of holds."""
        self.call_is(call.caller, "hold", agent=CHIARA.name, on=self.with_manager())
        self.agent_is(CHIARA.name, "hold", on=self.with_manager())

    def test_a_blind_transfer_ends_the_stint(self):
        office = self.office
        call = office.dial_in("0155502")
        talk = office.answers("203")
        office.transfer(talk, "281")
        target = office.answers("281", talk=0.5)
        office.hang_up(target)
        office.over(call)
        self.answered(call, "support", agent=CHIARA.name, cause="blind transfer", transfer_to="281")

    def test_a_transfer_into_another_queue_is_a_second_stint(self):
        office = self.office
        call = office.dial_in("0155502")
        talk = office.answers("203")
        office.transfer(talk, "603")
        second = office.answers("204", talk=0.5)
        office.hang_up(second)
        office.over(call)
        rows = self.stints(call.caller, count=2)
        self.assertEqual([(row["queue"], row["agent"], row["cause"]) for row in rows],
                         [("support", CHIARA.name, "blind transfer"), ("short", DIETER.name, "agent")])
        self.assertEqual(rows[0]["call_id"], rows[1]["call_id"])
        self.happened("support", "answered")
        self.happened("short", "answered")

    def test_an_attended_transfer_ends_the_stint(self):
        office = self.office
        call = office.dial_in("0155502")
        talk = office.answers("203")
        self.assertTrue(office.do(talk.hold()))
        ask = office.dial("203", "282")
        target = office.answers("282")
        office.up(ask)
        office.transfer(talk, ask)
        time.sleep(0.5)
        office.hang_up(target)
        office.over(call)
        self.answered(call, "support", agent=CHIARA.name, cause="attended transfer")

    def test_a_parked_call_is_fetched_at_another_telephone(self):
        office = self.office
        call, slot = self.park()
        self.parked(call)
        fetch = office.dial("281", slot)
        office.up(fetch)
        self.fetched(call)
        time.sleep(0.5)
        office.hang_up(fetch)
        office.over(call)
        self.after_parking(call, "281")

    def test_a_parked_call_nobody_fetches_comes_back(self):
        office = self.office
        call, _ = self.park()
        back = office.answers("203", talk=0.5)
        office.hang_up(back)
        office.over(call)
        self.after_parking(call, None)

    def park(self):
        """A call to support parked by its agent; the call and the slot."""
        office = self.office
        call = office.dial_in("0155502")
        talk = office.answers("203")
        after = office.lines()
        office.transfer(talk, "700")
        office.record("BLINDTRANSFER", "support", after=after)
        slots = office.pbx.cli("parking show default")
        return call, "701" if "701" in slots else slots

    def parked(self, call):
        """The tracker tells of parking lots."""
        self.live(lambda live: any(one["queue"] == "pk-default" and one["state"] == "waiting" for one in live["calls"]),
                  "a call waiting in the lot", self.with_manager())

    def fetched(self, call):
        self.live(lambda live: any(one["queue"] == "pk-default" and one["state"] == "talking" for one in live["calls"]),
                  "a call fetched from the lot", self.with_manager())

    def after_parking(self, call, by):
        self.happened("support", "answered")
        row = self.stint(call.caller, queue="support", cause="blind transfer", transfer_to="700")
        for one in self.with_manager():
            # The list shows the open call first.
            wanted = (by is not None, by and f"PJSIP/{by}")
            one.until(f"/api/v1/calls?{self.period()}&queue=pk-default",
                      lambda page: any(row["call_id"] in found["call_id"] and (found["answered"], found["agent"]) == wanted
                                       for found in page["rows"]), f"the lot with {wanted}")

    # ------------------------------------------------------------ at the end
    def test_reports_count_what_the_telephones_did(self):
        names = {queue.name for queue in self.plan().queues}
        for one in self.office.switchrooms:
            one.until("/api/v1/live", lambda live: not live["calls"], "no call left")
            rows = one.get(f"/api/v1/reports/overview-queues?{self.period()}")["rows"]
            # OV-2 answered, OV-4 not answered
            said = {row["key"]: Counter(answered=row["OV-2"], lost=row["OV-4"])
                    for row in rows if row["key"] in names}
            self.assertEqual({name: +count for name, count in said.items() if +count}, self.truth, rows)
            # Lots and campaigns of the tracker are queues of their own.
            live = [queue for queue in one.get("/api/v1/live")["queues"] if queue["name"] in names]
            self.assertEqual(tuple(sum(queue[what] for queue in live) for what in ("answered", "lost")),
                             tuple(sum(count[what] for count in self.truth.values()) for what in ("answered", "lost")))
            health = one.get("/api/v1/health")
            self.assertEqual((health["counts"]["malformed"], health["counts"]["unknown"]), (0, 0))

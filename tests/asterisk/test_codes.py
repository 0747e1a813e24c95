"""The feature codes of etc/asterisk/: what an agent does on a telephone alone
leaves the right records, and Switchroom shows the right state."""
import time

from office.harness import OfficeTest
from office.plan import Person, Plan, Queue

ALICE, BRUNO = Person("201", "Alice Moreau", "1201"), Person("202", "Bruno O'Neill", "1202")


class Codes(OfficeTest):
    managers = (False, True)

    @classmethod
    def plan(cls):
        return Plan(
            people=[ALICE, BRUNO], telephones=["281", "290"],
            queues=[Queue("sales", "0155501", "601", members=("201", "202")),
                    Queue("support", "0155502", "602", members=("202",))],
            monitors=("290",), pins={BRUNO.code: "4711"})

    def setUp(self):
        self.after = self.office.lines()

    def tearDown(self):
        super().tearDown()
        members = self.office.pbx.cli("queue show")
        for number in ("201", "202", "281"):
            if f"PJSIP/{number}" in members:
                self.office.code(number, "*46")
        for person in (ALICE, BRUNO):
            self.no_agent(person.name)

    def wrote(self, *expected):
        """The records since the test began, without their time and call id."""
        def since():
            return ["|".join(one[2:]) for one in self.office.pbx.records()[self.after:]]
        self.office.records(lambda _: len(since()) >= len(expected), expected[-1] if expected else "")
        self.assertEqual(since(), list(expected))

    def queues(self, person, *queues):
        return self.live(lambda live: any(one["name"] == person.name and sorted(one["queues"]) == sorted(queues)
                                          for one in live["agents"]), f"{person.name} on {queues}")

    def test_an_agent_logs_on_to_the_queues_of_his_own_and_off(self):
        self.office.code("202", "*41")
        self.queues(BRUNO, "sales", "support")
        self.agent_is(BRUNO.name, "ready", sits_at="202")
        self.office.code("202", "*42")
        self.no_agent(BRUNO.name)
        self.wrote("NONE|Bruno O'Neill|HOTDESK|PJSIP/202", "sales|Bruno O'Neill|ADDMEMBER|",
                   "support|Bruno O'Neill|ADDMEMBER|", "sales|Bruno O'Neill|REMOVEMEMBER|",
                   "support|Bruno O'Neill|REMOVEMEMBER|")

    def test_an_agent_logs_on_to_one_queue_and_leaves_it(self):
        self.office.code("201", "*412")
        self.queues(ALICE, "support")
        self.office.code("201", "*411")
        self.queues(ALICE, "sales", "support")
        self.office.code("201", "*422")
        self.queues(ALICE, "sales")

    def test_a_queue_that_does_not_exist_is_refused_and_nothing_written(self):
        self.office.code("201", "*419")
        self.office.code("201", "*429")
        self.office.code("201", "*43")      # not logged on: nothing to pause
        self.wrote()

    def test_a_telephone_of_nobody_can_not_log_on(self):
        self.office.code("281", "*41")
        self.office.code("281", "*471")
        self.office.code("281", "*451299")  # no such person
        self.wrote()

    def test_a_pause_has_its_reason_and_ends(self):
        self.office.log_on(ALICE)
        self.after = self.office.lines()
        self.office.code("201", "*431")
        self.agent_is(ALICE.name, "paused", pause_code="lunch")
        self.office.code("201", "*44")
        self.agent_is(ALICE.name, "ready", pause_code=None)
        self.wrote("NONE|Alice Moreau|PAUSEALL|lunch", "sales|Alice Moreau|PAUSE|lunch",
                   "NONE|Alice Moreau|UNPAUSEALL|", "sales|Alice Moreau|UNPAUSE|")
        self.office.code("201", "*4377")
        self.agent_is(ALICE.name, "paused", pause_code="77")
        self.office.code("201", "*44")
        self.office.code("201", "*43")
        self.agent_is(ALICE.name, "paused", pause_code=None)

    def test_a_person_sits_down_elsewhere_and_calls_follow(self):
        office = self.office
        office.log_on(BRUNO)
        self.sit("281", "4711")
        self.agent_is(BRUNO.name, "ready", sits_at="281")
        call = office.dial_in("0155502")
        talk = office.answers("281")
        self.assertEqual(talk.caller, call.caller)
        self.call_is(call.caller, "talking", agent=BRUNO.name)
        office.hang_up(talk)
        self.stint(call.caller, queue="support", agent=BRUNO.name, answered=True)
        # The telephone he left is logged off; logging on there again, he leaves this one.
        self.assertNotIn("PJSIP/202", office.pbx.cli("queue show"))
        office.code("202", "*41")
        self.agent_is(BRUNO.name, "ready", sits_at="202")
        self.assertNotIn("PJSIP/281", office.pbx.cli("queue show"))
        self.sit("281", "4711")
        self.agent_is(BRUNO.name, "ready", sits_at="281")

        # Another person takes the chair.
        office.code("281", "*45" + ALICE.code)
        self.agent_is(ALICE.name, "ready", sits_at="281")
        self.no_agent(BRUNO.name)
        office.code("281", "*46")
        self.no_agent(ALICE.name)
        self.after = office.lines()
        office.code("281", "*41")
        self.wrote()

    def test_a_wrong_pin_logs_nobody_on(self):
        call = self.office.dial("281", "*45" + BRUNO.code)
        self.office.up(call)
        for _ in range(3):
            self.office.do(call.keys("0000", gap=0.1))
        self.office.hang_up(call)
        self.wrote()

    def sit(self, number, pin):
        call = self.office.dial(number, "*45" + BRUNO.code)
        self.office.up(call)
        self.office.do(call.keys(pin, gap=0.1))
        self.office.over(call)

    def test_an_outcome_belongs_to_the_last_call(self):
        office = self.office
        office.log_on(ALICE)
        for digits, outcome in (("1", "SALE"), ("42", "42")):
            call = office.dial_in("0155501")
            talk = office.answers("201")
            office.hang_up(call)
            office.over(talk)
            office.code("201", "*47" + digits)
            self.stint(call.caller, agent=ALICE.name)
            page = f"/api/v1/calls?{self.period()}&caller={call.caller}"
            for one in office.switchrooms:
                one.until(page, lambda page: page["rows"][0]["outcome"] == outcome, f"outcome {outcome}")

    def test_a_call_out_for_a_campaign_is_a_call_of_its_queue(self):
        office = self.office
        for ended_by, cause in (("agent", "agent"), ("far", "caller")):
            number = office.new_caller()
            call = office.dial("201", "*481*" + number)
            far = office.answers("trunk")
            self.assertEqual(far.number, number)
            self.call_is(number, "talking", agent=ALICE.name, direction="out", queue="q-autumn")
            time.sleep(1.1)     # a talk of at least a second
            office.hang_up(call if ended_by == "agent" else far)
            office.over(far if ended_by == "agent" else call)
            row = self.stint(number, queue="q-autumn", direction="out", answered=True, agent=ALICE.name, cause=cause)
            self.assertGreaterEqual(row["talk"], 1)

    def test_a_call_out_nobody_answers_is_lost(self):
        office = self.office
        number = office.new_caller()
        call = office.dial("201", "*482*" + number)
        ring = office.rings("trunk")
        office.hang_up(call)
        office.over(ring)
        self.stint(number, queue="q-renewals", direction="out", answered=False, agent=ALICE.name)
        number = office.new_caller()
        call = office.dial("201", "*482*" + number)
        office.refuses("trunk")
        office.over(call)
        self.stint(number, queue="q-renewals", direction="out", answered=False)

    def test_a_campaign_that_does_not_exist_is_refused(self):
        self.office.code("201", "*489*" + self.office.new_caller())
        self.wrote()

    def test_a_supervisor_hears_one_telephone_call_after_call(self):
        office = self.office
        office.log_on(ALICE)
        spy = office.dial("290", "*49201")
        office.up(spy)
        for _ in range(2):
            after = len(office.events)
            call = office.dial_in("0155501")
            talk = office.answers("201")
            office.event("ChanSpyStart", after, SpyerChannel="PJSIP/290-", SpyeeChannel="PJSIP/201-")
            office.hang_up(talk)
            office.over(call)
        office.hang_up(spy)
        # Who may not is sent away.
        office.over(office.dial("281", "*49201"))

    def test_zz_asterisk_has_no_complaint_about_our_files(self):
        self.assertEqual([line for line in self.office.pbx.complaints() if "WARNING" in line or "ERROR" in line], [])

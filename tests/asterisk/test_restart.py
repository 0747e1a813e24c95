"""Things that break in the middle of calls: Asterisk, Switchroom, the log."""
from office.pair import ALICE, BRUNO, PairTest


class Restart(PairTest):
    managers = (False, True)

    def two_calls(self):
        """One talking, one waiting."""
        office = self.office
        talking = office.dial_in("0155501")
        office.answers("201")
        self.call_is(talking.caller, "talking", agent=ALICE.name)
        waiting = office.dial_in("0155502")
        office.rings("202")
        self.live(lambda live: live["total"]["waiting"] == 1, "one caller waiting")
        return talking, waiting

    def test_calls_of_an_asterisk_that_was_killed_end_with_its_next_start(self):
        office = self.office
        talking, waiting = self.two_calls()
        office.crash()
        self.stint(talking.caller, answered=True, agent=ALICE.name, cause="restart")
        self.stint(waiting.caller, answered=False, cause="restart")
        live = self.live(lambda live: not live["calls"], "no call left")
        self.assertEqual((live["total"]["waiting"], live["total"]["talking"]), (0, 0))
        # Members outlived it; the next call is counted like any other.
        call = office.dial_in("0155501")
        talk = office.answers("201")
        office.hang_up(talk)
        self.stint(call.caller, answered=True, agent=ALICE.name, cause="agent")

    def test_a_switchroom_that_was_killed_goes_on_where_it_was(self):
        office = self.office
        talking, waiting = self.two_calls()
        for one in office.switchrooms:
            one.stop(kill=True)
        office.hang_up(waiting)             # while nobody watches
        between = office.dial_in("0155502")
        office.answers("202")
        for one in office.switchrooms:
            one.start()
        self.call_is(talking.caller, "talking", agent=ALICE.name)
        self.call_is(between.caller, "talking", agent=BRUNO.name)
        office.hang_up(talking)
        office.hang_up(between)
        self.stint(talking.caller, answered=True, cause="caller")
        self.stint(between.caller, answered=True, cause="caller")
        self.stint(waiting.caller, answered=False, cause="abandon")

    def test_a_call_goes_through_a_rotation_of_the_log(self):
        office = self.office
        talking, waiting = self.two_calls()
        office.pbx.cli("logger rotate")
        office.record("CONFIGRELOAD")
        office.hang_up(talking)
        office.hang_up(waiting)
        self.stint(talking.caller, answered=True, cause="caller")
        self.stint(waiting.caller, answered=False, cause="abandon")
        for one in office.switchrooms:
            self.assertEqual(one.get("/api/v1/health")["counts"]["malformed"], 0)

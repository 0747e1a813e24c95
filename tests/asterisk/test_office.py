"""The office as the manager interface tells it, and what people do from their pages."""

import os
import subprocess

from office.pair import ALICE, BRUNO, PairTest
from office.switchroom import PATIENCE


class WithManager(PairTest):
    leaving = ("*44", "*42")

    def talk(self, person, did):
        """A caller in conversation; both ends."""
        call = self.office.dial_in(did)
        talk = self.office.answers(person.telephone)
        self.call_is(call.caller, "talking", agent=person.name)
        return call, talk

    def office_call(self, number, state):
        """The office's row of the call in which a number takes part."""
        def row(office):
            return next((one for one in office["calls"] if one["state"] == state
                         and any(number in (party["number"], party["extension"]) for party in one["parties"])), None)
        return row(self.room.until("/api/v1/office", lambda office: row(office) is not None, f"{number} {state}"))


class Live(WithManager):
    def test_a_telephone_in_use_for_something_else_is_not_ready(self):
        office = self.office
        call = office.dial("201", "281")
        other = office.answers("281")
        self.agent_is(ALICE.name, "in_use")
        office.hang_up(other)
        office.over(call)
        self.agent_is(ALICE.name, "ready")

    def test_killed_with_calls_in_progress_asterisk_comes_back_to_a_true_picture(self):
        office = self.office
        self.talk(ALICE, "0155501")
        waiting = office.dial_in("0155502")
        office.rings("202")
        self.call_is(waiting.caller, "ringing")
        office.crash()
        self.room.linked("up")
        live = self.live(lambda live: not live["calls"], "no call left")
        self.assertEqual((live["total"]["waiting"], live["total"]["talking"]), (0, 0))
        self.agent_is(ALICE.name, "ready")
        call, talk = self.talk(ALICE, "0155501")
        office.hang_up(talk)
        self.stint(call.caller, answered=True, cause="agent")

    def test_a_cut_link_misses_nothing_once_it_is_back(self):
        office = self.office
        first, first_talk = self.talk(ALICE, "0155501")
        office.do(office.cable.cut())
        self.room.linked("down")
        office.hang_up(first_talk)
        second = office.dial_in("0155502")
        office.answers("202")
        office.do(office.cable.open())
        self.room.linked("up")
        self.call_is(second.caller, "talking", agent=BRUNO.name)
        self.agent_is(ALICE.name, "ready")
        self.agent_is(BRUNO.name, "talking", caller=second.caller)
        office.hang_up(second)
        self.stint(first.caller, answered=True, cause="agent")
        self.stint(second.caller, answered=True, cause="caller")
        live = self.live(lambda live: not live["calls"], "no call left")
        self.assertEqual(live["total"]["talking"], 0)

    def test_a_silent_link_is_said_to_be_old(self):
        self.office.cable.silence()
        self.room.linked("stale")
        self.office.cable.speak()
        self.room.linked("up")


    def test_a_second_tracker_finds_the_one_built_in_and_leaves(self):
        tracker = self.room.until("/api/v1/health", lambda health: health["tracker"]["state"] == "writing", "a tracker")["tracker"]
        self.assertEqual((tracker["sink"], tracker["other"], tracker["lost"]), ("internal", None, 0))
        other = self.office.folder / "other"
        other.mkdir()
        done = subprocess.run([os.environ["SWITCHROOM"], "track", "--port", str(self.office.pbx.manager_port),
                               "--login", "switchroom", "--queue-log", other / "log", "--parkedcalls"],
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE,
                              env=dict(os.environ, SWITCHROOM_AMI_SECRET="CHANGE-ME"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("another tracker", done.stderr)
        self.assertEqual((other / "log").read_text(), "")


class Actions(WithManager):
    def setUp(self):
        super().setUp()
        status, said = self.room.request("PATCH", "/api/v1/accounts/ann", {"agent": ALICE.name})
        self.assertEqual(status, 200, said)

    def does(self, what, **fields):
        status, said = self.room.act(what, **fields)
        self.assertEqual((status, said.get("state")), (200, "done"), said)
        return said

    def refused(self, what, **fields):
        status, said = self.room.act(what, **fields)
        self.assertGreaterEqual(status, 400, said)
        self.assertTrue(said["error"]["message"])

    def test_an_agent_logs_on_pauses_and_leaves_from_the_page(self):
        self.does("logoff")
        self.no_agent(ALICE.name)
        after = self.office.lines()
        self.does("logon", queues=["sales", "support"], phone="201")
        self.agent_is(ALICE.name, "ready", phone="PJSIP/201")
        self.assertEqual(self.office.record("HOTDESK", after=after)[3:6], [ALICE.name, "HOTDESK", "PJSIP/201"])
        self.does("pause", reason="lunch")
        self.agent_is(ALICE.name, "paused", pause_code="lunch")
        self.does("unpause")
        self.agent_is(ALICE.name, "ready")
        self.does("penalty", agent=BRUNO.name, queue="support", penalty=3)
        self.assertIn("penalty 3", self.office.pbx.cli("queue show support"))
        self.refused("pause", agent="Nobody", reason="lunch")
        audit = self.room.get("/api/v1/audit")["rows"]
        self.assertIn("member.pause", {row["action"] for row in audit})

    def test_a_call_from_the_page_rings_ones_telephone_first(self):
        office = self.office
        number = office.new_caller()
        status, said = self.room.request("POST", "/api/v1/actions/call", {"number": "9" + number})
        self.assertEqual(status, 200, said)
        mine = office.lifts("201")
        far = office.answers("trunk")
        self.assertEqual(far.number, number)
        self.does("hangup")
        office.over(mine)
        office.over(far)

    def test_a_conversation_is_transferred_from_the_page(self):
        office = self.office
        call, talk = self.talk(ALICE, "0155501")
        self.does("transfer", to="281")
        office.over(talk)
        target = office.answers("281")
        office.hang_up(target)
        office.over(call)
        self.stint(call.caller, cause="blind transfer", transfer_to="281")

    def test_a_conversation_is_parked_from_the_page_and_the_slot_announced(self):
        office = self.office
        call, talk = self.talk(ALICE, "0155501")
        space = self.does("park")["space"]
        self.assertTrue(space)
        self.room.until("/api/v1/office", lambda office: any(one["space"] == space for one in office["parked"]),
                        "the parked call")
        fetch = office.dial("282", space)
        office.up(fetch)
        self.room.until("/api/v1/office", lambda office: not office["parked"], "nothing parked")
        office.hang_up(fetch)
        office.over(call)

    def test_a_conversation_is_ended_from_the_page(self):
        call, talk = self.talk(ALICE, "0155501")
        self.does("hangup")
        self.office.over(call)
        self.office.over(talk)
        self.stint(call.caller, answered=True)

    def test_a_waiting_call_is_taken_to_ones_telephone(self):
        office = self.office
        call = office.dial_in("0155502")
        office.rings("202")
        row = self.call_is(call.caller, "ringing")
        self.does("pick", call=row["call_id"])
        mine = office.answers("201")
        self.assertEqual(mine.caller, call.caller)
        office.hang_up(mine)
        office.over(call)
        self.stint(call.caller, answered=False)

    def test_a_supervisor_listens_to_an_agent_and_stops(self):
        office = self.office
        call, talk = self.talk(BRUNO, "0155502")
        after = len(office.events)
        self.room.request("POST", "/api/v1/actions/listen", {"agent": BRUNO.name})
        ear = office.lifts("201")
        office.event("ChanSpyStart", after, SpyerChannel="PJSIP/201-", SpyeeChannel="PJSIP/202-")
        self.does("listen/stop")
        office.over(ear)
        office.hang_up(talk)
        office.over(call)

    def test_an_outcome_and_a_tag_are_set_from_the_page(self):
        call, talk = self.talk(ALICE, "0155501")
        row = self.call_is(call.caller, "talking")
        self.does("outcome", call=row["call_id"], code="SALE")
        self.does("tag", call=row["call_id"], tag="vip")
        self.office.hang_up(talk)
        self.stint(call.caller, outcome="SALE", tag="vip")

    def marks(self, call, wanted):
        self.room.until(f"/api/v1/desk/marks?call={call}", lambda marks: marks == wanted, f"{wanted}")

    def test_features_are_taken_back_and_an_outcome_may_need_one(self):
        call, talk = self.talk(ALICE, "0155501")
        row = self.call_is(call.caller, "talking")["call_id"]
        self.refused("outcome", call=row, code="CALLBACK")
        for code in ("asked", "other"):
            self.does("feature", call=row, code=code)
        self.does("tag", call=row, tag="vip")
        self.marks(row, {"outcome": None, "tag": "vip", "features": ["asked", "other"]})
        self.does("outcome", call=row, code="CALLBACK")
        self.does("feature", call=row, code="other", remove=True)
        self.does("tag", call=row, tag="vip", remove=True)
        self.marks(row, {"outcome": "CALLBACK", "tag": None, "features": ["asked"]})
        self.office.hang_up(talk)
        self.stint(call.caller, outcome="CALLBACK", tag=None)

    def test_a_lost_caller_is_to_be_rung_back_until_somebody_has(self):
        office = self.office
        lost = office.dial_in("0155501")
        office.rings("201")
        office.hang_up(lost)
        self.stint(lost.caller, answered=False)

        def of(answer):
            return next((one for one in answer["recalls"] if one["number"] == lost.caller), None)
        recall = of(self.room.until("/api/v1/desk/recalls", lambda answer: of(answer), "the lost caller"))
        self.assertEqual((recall["queue"], recall["tries"], recall["dial"]), ("sales", 1, "9" + lost.caller))
        again = office.dial_in("0155501", caller=lost.caller)
        talk = office.answers("201")
        self.room.until("/api/v1/desk/recalls", lambda answer: not of(answer), "nobody to ring back")
        office.hang_up(talk)
        office.over(again)

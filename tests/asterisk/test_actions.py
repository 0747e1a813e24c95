"""What people do to calls from their pages, seen at the telephones and in Asterisk: the harder half."""

import wave

from office.pair import ALICE, BRUNO, PairTest
from office.plan import Person

CHIEF = Person("203", "Chiara Lodi", "1203")


class Actions(PairTest):
    others = (CHIEF,)

    def setUp(self):
        super().setUp()
        self.i_am(ALICE)

    def i_am(self, person):
        """The account acts as that agent."""
        status, said = self.room.request("PATCH", "/api/v1/accounts/ann", {"agent": person.name})
        self.assertEqual(status, 200, said)

    def does(self, what, **fields):
        status, said = self.room.act(what, **fields)
        self.assertEqual((status, said.get("state")), (200, "done"), f"{what} {fields}: {said}")
        return said

    def talk(self, person, did):
        """A caller in conversation; both ends."""
        call = self.office.dial_in(did)
        talk = self.office.answers(person.telephone)
        self.call_is(call.caller, "talking", agent=person.name)
        return call, talk

    def office_until(self, wanted, what):
        return self.room.until("/api/v1/office", wanted, what)

    def recorded(self, caller, yes):
        """Waits until the office says whether the call of a caller is recorded."""
        def right(office):
            return any(call["recorded"] == yes for call in office["calls"]
                       if any(party["number"] == caller for party in call["parties"]))
        self.office_until(right, f"the call of {caller} {'' if yes else 'not '}recorded")

    # ------------------------------------------------------------ transfers
    def test_a_call_is_handed_over_after_a_word_with_the_other(self):
        office = self.office
        call, talk = self.talk(ALICE, "0155501")
        after = len(office.events)
        self.does("transfer", to="281", attended=True)
        other = office.answers("281")
        # The agent leaves: caller and colleague are joined.
        office.hang_up(talk)
        office.event("AttendedTransfer", after, Result="Success")
        self.assertEqual((call.state, other.state), ("up", "up"))
        office.hang_up(other)
        office.over(call)
        self.stint(call.caller, answered=True, agent=ALICE.name, cause="attended transfer")

    def test_a_transfer_one_thinks_better_of_brings_the_caller_back(self):
        office = self.office
        call, talk = self.talk(ALICE, "0155501")
        self.does("transfer", to="281", attended=True)
        other = office.answers("281")
        self.does("transfer/cancel")
        office.over(other)
        self.call_is(call.caller, "talking", agent=ALICE.name)
        self.assertEqual((call.state, talk.state), ("up", "up"))
        office.hang_up(talk)
        self.stint(call.caller, answered=True, cause="agent")

    # ------------------------------------------------------------ listening
    def listening(self, what):
        """The supervisor's ear on a conversation of Bruno; both calls and the ear."""
        office = self.office
        self.i_am(CHIEF)
        self.does("logon", queues=["support"], phone="203", paused="listening")
        call, talk = self.talk(BRUNO, "0155502")
        after = len(office.events)
        self.room.request("POST", f"/api/v1/actions/{what}", {"agent": BRUNO.name})
        ear = office.lifts("203")
        office.event("ChanSpyStart", after, SpyerChannel="PJSIP/203-", SpyeeChannel="PJSIP/202-")
        return call, talk, ear

    def until_heard(self, call):
        """Waits until the telephone of a call hears more than silence."""
        call.sound.heard = 0
        self.until(lambda: call.sound.heard >= 50, "the telephone hears something")

    def silence(self, *calls):
        """They stop speaking, and what is on the way arrives: half a second of the telephones' clock."""
        for call in calls:
            call.sound.silent = True
        ends = [(call.sound, call.sound.ticks + 25) for call in calls]
        self.until(lambda: all(sound.ticks >= end for sound, end in ends), "the telephones' clock goes on")
        for call in calls:
            call.sound.heard = 0

    def stop(self, call, talk, ear):
        self.does("listen/stop")
        self.office.over(ear)
        self.office.hang_up(talk)
        self.office.over(call)
        self.does("logoff")
        self.no_agent(CHIEF.name)

    def test_a_whisper_reaches_the_agent_and_not_the_caller(self):
        call, talk, ear = self.listening("whisper")
        self.silence(call, talk)                # only the supervisor speaks
        self.until_heard(talk)
        self.assertEqual(call.sound.heard, 0)
        self.stop(call, talk, ear)

    def test_a_supervisor_who_barges_in_is_heard_by_both(self):
        call, talk, ear = self.listening("barge")
        self.silence(call, talk)
        self.until_heard(talk)
        self.until_heard(call)
        self.stop(call, talk, ear)

    def test_whoever_only_listens_hears_and_is_not_heard(self):
        call, talk, ear = self.listening("listen")
        self.silence(talk, call)
        call.sound.silent = False
        self.until_heard(ear)
        self.assertEqual(call.sound.heard, 0)   # the agent is silent, and the ear speaks in vain
        self.stop(call, talk, ear)

    # ------------------------------------------------------------ recording
    def test_a_recording_is_begun_muted_and_stopped_from_the_page(self):
        office = self.office
        call, talk = self.talk(ALICE, "0155501")
        self.does("record")
        self.recorded(call.caller, True)
        files = list((office.folder / "pbx" / "spool" / "monitor" / "switchroom").glob("rec-*.wav"))
        self.assertEqual(len(files), 1, files)
        status, said = self.room.act("record")
        self.assertEqual(status, 409, said)       # it is recorded already
        self.does("record/mute")
        self.does("record/unmute")
        self.does("record/stop")
        self.recorded(call.caller, False)
        # The recorder is nobody's call.
        office_now = self.room.get("/api/v1/office")
        self.assertEqual(len(office_now["calls"]), 1, office_now["calls"])
        with wave.open(str(files[0])) as sound:
            self.assertGreater(sound.getnframes(), 0)
        office.hang_up(talk)
        office.over(call)
        ended = self.room.get("/api/v1/office")["ended"][-1]
        self.assertEqual((ended["id"], ended["recording"]), (self.id_of(call), str(files[0])))

    def id_of(self, call):
        records = self.office.pbx.records()
        return next(one[1] for one in records if one[4] == "ENTERQUEUE" and one[6] == call.caller)

    def test_programs_are_told_where_the_recording_of_a_call_lies(self):
        office = self.office
        made = self.room.post("/api/v1/subscriptions", agents=["201"], queues=["sales"], summaryEvents=True)
        path, cursor, heard = f"/api/v1/subscriptions/{made['id']}/events?poll=true", "", []

        def listen(wanted, what):
            nonlocal cursor
            for _ in range(100):
                if wanted():
                    return
                answer = self.room.get(path + (f"&cursor={cursor}" if cursor else ""))
                cursor = answer["cursor"] or cursor
                heard.extend(answer["events"])
            self.fail(f"never told of {what}: {heard}")
        listen(lambda: heard, "the snapshot")
        call, talk = self.talk(ALICE, "0155501")
        self.does("record")
        self.recorded(call.caller, True)
        office.hang_up(talk)
        office.over(call)

        def told(kind):
            return [one for one in heard if one["type"] == kind]
        listen(lambda: told("agentComplete"), "agentComplete")
        complete = told("agentComplete")[0]
        self.assertEqual((complete["agent"], complete["uniqueId"]), ("201", self.id_of(call)))
        self.assertTrue(complete["recording"].endswith(".wav"), complete)
        listen(lambda: any(one["completed"] >= 1 for one in told("QueueSummary")), "the queue's figures")
        self.assertEqual({one["queue"] for one in told("QueueSummary") + told("MemberSummary")}, {"sales"})
        numbers = [one["number"] for one in told("phoneNumber")]
        self.assertIn(call.caller, numbers)
        self.assertIsNone(numbers[-1])

    # ------------------------------------------------------------ waiting calls, marks, texts
    def test_a_waiting_call_of_more_worth_is_served_first(self):
        office = self.office
        self.does("pause", reason="lunch")
        first, second = office.dial_in("0155501"), None
        self.call_is(first.caller, "waiting", position=1)
        second = office.dial_in("0155501")
        row = self.call_is(second.caller, "waiting", position=2)
        self.does("priority", call=row["call_id"], priority=10)
        self.does("unpause")
        talk = office.answers("201")
        # Asterisk 16 notes a new priority and leaves the order of those who wait.
        served, other = (second, first) if self.office.version == "22" else (first, second)
        self.assertEqual(talk.caller, served.caller)
        office.hang_up(other)
        office.hang_up(talk)
        office.over(served)

    def test_a_feature_is_set_and_taken_back(self):
        call, talk = self.talk(ALICE, "0155501")
        row = self.call_is(call.caller, "talking")
        self.does("feature", call=row["call_id"], code="gift")
        self.does("feature", call=row["call_id"], code="wrong")
        self.does("feature", call=row["call_id"], code="wrong", remove=True)
        self.office.hang_up(talk)
        stint = self.stint(call.caller, answered=True)
        self.assertEqual(stint["features"], ["gift"])

    def test_a_text_reaches_the_telephone(self):
        phone = self.office.phones["202"]
        self.does("text", agent=BRUNO.name, text="The chief is coming")
        self.until(lambda: phone.texts, "a text came")
        self.assertEqual(phone.texts[-1], "The chief is coming")

    def test_a_call_is_made_for_a_member_by_whoever_may(self):
        office = self.office
        self.i_am(CHIEF)
        number = office.new_caller()
        status, said = self.room.request("POST", "/api/v1/actions/call", {"agent": BRUNO.name, "number": "9" + number})
        self.assertEqual(status, 200, said)
        mine = office.lifts("202")
        far = office.answers("trunk")
        self.assertEqual(far.number, number)
        office.hang_up(mine)
        office.over(far)

    def test_an_action_that_asterisk_refuses_says_why(self):
        call, talk = self.talk(ALICE, "0155501")
        status, said = self.room.act("record/stop")
        self.assertGreaterEqual(status, 400, said)
        self.assertTrue(said["error"]["message"])
        self.office.hang_up(talk)
        self.office.over(call)

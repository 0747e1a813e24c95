"""Calls recorded by the real MixMonitor: sealed within seconds, found by their id, opened with their key alone."""
import array
import http.client
import io
import json
import shutil
import subprocess
import wave

from office.pair import ALICE, BRUNO, PairTest
from office.plan import Plan, Queue

# In samples of 8000 a second.
LOUD, QUIET = 3000, 40


def loudness(samples, begin, end):
    """The greatest sample between two seconds."""
    return max(map(abs, samples[int(begin * 8000):int(end * 8000)]), default=0)


class Recordings(PairTest):
    settings = '[recordings]\nenabled = true\nspool = "@SPOOL@"\n'

    @classmethod
    def plan(cls):
        return Plan(people=[ALICE, BRUNO], telephones=["281", "282"], parking_seconds=30,
                    recorded=("sales",), recorded_phones=("281",), queues=[
                        Queue("sales", "0155501", "601", members=("201",)),
                        Queue("support", "0155502", "602", members=("202",))])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spool = cls.office.folder / "pbx" / "spool" / "monitor" / "switchroom"
        key = cls.room.post("/api/v1/recordings/keys")
        cls.identity = cls.office.folder / "exported.key"
        cls.identity.write_text(cls.room.post(f"/api/v1/recordings/keys/{key['fingerprint']}/export")["text"])

    def setUp(self):
        super().setUp()
        status, said = self.room.request("PATCH", "/api/v1/accounts/ann", {"agent": ALICE.name})
        self.assertEqual(status, 200, said)

    def listed(self, *arguments):
        """The recordings as the command line lists them."""
        config = self.room.folder / "switchroom.toml"
        done = subprocess.run([self.room.binary, "recordings", "list", "--json", "--config", config, *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def sealed(self, call, count=1):
        """The recordings of a call, once so many are sealed and no plain file of the call is left."""
        def done():
            rows = self.listed("--call", call)
            left = [path for path in self.spool.rglob("*.wav") if call in path.name]
            return len(rows) == count and all(row["state"] == "sealed" for row in rows) and not left
        self.until(done, f"{count} sealed recordings of {call}: {self.listed('--call', call)}")
        rows = self.listed("--call", call)
        self.assertTrue(all(row["path"].endswith(".wav.age") for row in rows), rows)
        return sorted(rows, key=lambda row: row["id"])

    def id_of(self, call):
        return next(one[1] for one in self.office.pbx.records() if one[4] == "ENTERQUEUE" and one[6] == call.caller)

    def talk(self, person, did, speaks=True):
        call = self.office.dial_in(did)
        talk = self.office.answers(person.telephone)
        talk.sound.silent = not speaks
        self.call_is(call.caller, "talking", agent=person.name)
        return call, talk

    def speaks(self, call, seconds):
        """Lets so much of the telephones' clock pass."""
        end = call.sound.ticks + seconds * 50
        self.until(lambda: call.sound.ticks >= end, "the telephones' clock goes on")

    def samples(self, row):
        """The sound, opened by the public program; None where there is none."""
        age = shutil.which("age")
        if age is None:
            return None
        done = subprocess.run([age, "-d", "-i", self.identity, row["path"]], stdout=subprocess.PIPE, check=True)
        with wave.open(io.BytesIO(done.stdout)) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels(), sound.getsampwidth()), (8000, 1, 2))
            samples = array.array("h", sound.readframes(sound.getnframes()))
        self.assertEqual(len(done.stdout), row["size"])
        self.assertEqual(len(samples) * 1000 // 8000, row["duration_ms"])
        return samples

    def fetched(self, url, part):
        """A part of the bytes behind a link, as the browser of this session gets them."""
        connection = http.client.HTTPConnection(self.room.host)
        connection.request("GET", url, headers={"Cookie": self.room.cookie, "Range": part})
        reply = connection.getresponse()
        self.assertEqual(reply.status, 206)
        said = reply.read()
        connection.close()
        return said

    # ------------------------------------------------------------ tests
    def test_a_queue_call_is_sealed_and_holds_what_was_said(self):
        call, talk = self.talk(ALICE, "0155501")
        self.speaks(call, 3)
        self.office.hang_up(talk)
        self.office.over(call)
        row = self.sealed(self.id_of(call))[0]
        self.assertEqual((row["queue"], row["occasion"], row["leg"]), ("sales", "queue", "mix"))
        self.assertGreaterEqual(row["duration_ms"], 2500)
        self.until(lambda: self.listed("--call", row["call"])[0]["agent"] == ALICE.name, "the agent is learnt")
        self.assertEqual(self.listed("--number", call.caller)[0]["id"], row["id"])
        of_call = self.room.get(f"/api/v1/calls?{self.period()}&caller={call.caller}")["rows"][0]["id"]
        shown = self.room.get(f"/api/v1/calls/{of_call}/recordings")["rows"]
        self.assertEqual([(one["id"], one["state"], one["lock"]) for one in shown], [(str(row["id"]), "sealed", "open")])
        link = self.room.post(f"/api/v1/recordings/{row['id']}/link", use="play")
        length = self.room.get(f"/api/v1/recordings/{row['id']}/wave")["duration"]
        self.assertEqual(round(length * 1000), row["duration_ms"])
        heard = self.fetched(link["url"], "bytes=1044-2043")
        self.assertEqual(len(heard), 1000)
        if samples := self.samples(row):
            self.assertGreater(loudness(samples, 1, 2), LOUD)
            self.assertEqual(heard, samples.tobytes()[1000:2000])
        else:
            print("no age program here: the sealed file was not opened by it")

    def test_what_is_muted_from_the_page_is_silence_and_its_stretch_is_known(self):
        call, talk = self.talk(ALICE, "0155501")
        self.speaks(call, 2)
        self.act("record/mute")
        self.speaks(call, 3)
        self.act("record/unmute")
        self.speaks(call, 2)
        self.office.hang_up(talk)
        self.office.over(call)
        row = self.sealed(self.id_of(call))[0]
        self.assertEqual(len(row["muted"]), 1, row)
        begin, end = (ms / 1000 for ms in row["muted"][0])
        self.assertGreater(end - begin, 2)
        if samples := self.samples(row):
            self.assertLess(loudness(samples, begin + 0.6, end - 0.6), QUIET)
            self.assertGreater(loudness(samples, 0, begin - 0.3), LOUD)
            self.assertGreater(loudness(samples, end + 0.6, end + 1.5), LOUD)

    def act(self, what):
        status, said = self.room.act(what)
        self.assertEqual((status, said.get("state")), (200, "done"), said)

    def test_the_key_stops_a_recording_and_goes_on_in_a_part_of_its_own(self):
        call, talk = self.talk(ALICE, "0155501")
        self.speaks(call, 2)
        after = len(self.office.events)
        self.office.do(talk.keys("*7"))
        self.office.event("MixMonitorStop", after)
        self.speaks(call, 2)
        after = len(self.office.events)
        self.office.do(talk.keys("*7"))
        self.office.event("MixMonitorStart", after)
        self.speaks(call, 2)
        self.office.hang_up(talk)
        self.office.over(call)
        first, second = self.sealed(self.id_of(call), 2)
        self.assertGreater(second["started"], first["started"])
        if samples := self.samples(second):
            self.assertGreater(loudness(samples, 0.5, 1.5), LOUD)

    def test_a_caller_who_gives_up_leaves_nothing_behind(self):
        self.office.code(ALICE.telephone, "*42")
        self.no_agent(ALICE.name)
        call = self.office.dial_in("0155501")
        self.call_is(call.caller, "waiting")
        self.office.hang_up(call)
        caller = self.id_of(call)
        self.until(lambda: not [path for path in self.spool.rglob("*") if caller in path.name], "the header is removed")
        self.until(lambda: not self.listed("--call", caller), "and its row")

    def test_a_queue_that_is_not_recorded_is_recorded_on_demand(self):
        status, said = self.room.request("PATCH", "/api/v1/accounts/ann", {"agent": BRUNO.name})
        self.assertEqual(status, 200, said)
        call, talk = self.talk(BRUNO, "0155502")
        self.assertEqual(self.listed("--call", self.id_of(call)), [])
        self.act("record")
        self.speaks(call, 2)
        self.act("record/stop")
        row = self.sealed(self.id_of(call))[0]
        self.assertEqual(row["occasion"], "demand")
        self.office.hang_up(talk)
        self.office.over(call)

    def test_a_telephone_that_is_recorded_is_so_when_it_calls_out(self):
        number = self.office.new_caller()
        mine = self.office.dial("281", "9" + number)
        far = self.office.answers("trunk")
        self.speaks(mine, 2)
        self.office.hang_up(far)
        self.office.over(mine)
        self.until(lambda: any(row["state"] == "sealed" for row in self.listed("--number", number)), "it is sealed")
        row = self.listed("--number", number)[0]
        self.assertEqual((row["direction"], row["occasion"]), ("outbound", "phone"))

    def test_a_call_that_was_running_when_we_restarted_is_sealed_too(self):
        call, talk = self.talk(ALICE, "0155501")
        self.speaks(call, 1)
        self.room.stop()
        self.speaks(call, 1)
        self.room.start()
        self.room.linked("up")
        self.speaks(call, 1)
        self.office.hang_up(talk)
        self.office.over(call)
        row = self.sealed(self.id_of(call))[0]
        self.assertGreaterEqual(row["duration_ms"], 2500)

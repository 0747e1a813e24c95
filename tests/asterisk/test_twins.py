"""Calls counted by the manager interface: without a log, and with one that tells the same."""
import os

from office.harness import OfficeTest
from office.plan import Person, Plan, Queue
from office.switchroom import Switchroom

ALICE, BRUNO = Person("201", "Alice Moreau", "1201"), Person("202", "Bruno Keller", "1202")


class Twins(OfficeTest):
    managers = (False,)      # the log alone: what the others are compared with

    @classmethod
    def plan(cls):
        return Plan(people=[ALICE, BRUNO], telephones=["281"], queues=[
            Queue("sales", "0155501", "601", members=("201",), settings={"timeout": 4}),
            Queue("support", "0155502", "602", seconds=5, members=("202",))])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        office, link = cls.office, (cls.office.pbx.manager_port, "switchroom", "CHANGE-ME")
        for name, log in (("without", office.folder / "no-such-log"), ("both", office.pbx.log)):
            one = Switchroom(os.environ["SWITCHROOM"], office.folder / name, log, link, counts=True).start()
            office.switchrooms.append(one)
            one.linked("up")

    def test_every_call_counts_once_by_either_or_both(self):
        office = self.office
        office.log_on(ALICE, BRUNO)
        self.agent_is(ALICE.name, "ready")
        answered = office.dial_in("0155501")
        talk = office.answers("201")
        self.call_is(answered.caller, "talking", agent=ALICE.name)
        office.hang_up(talk)
        moved = office.dial_in("0155501")
        talk = office.answers("201")
        office.transfer(talk, "281")
        office.hang_up(office.answers("281"))
        office.over(moved)
        lost = office.dial_in("0155502")
        office.rings("202")
        self.call_is(lost.caller, "ringing", on=self.with_manager())
        office.hang_up(lost)
        late = office.dial_in("0155502")
        office.over(late)                   # five seconds, and nobody came
        office.code("201", "*431")
        self.agent_is(ALICE.name, "paused")
        office.code("201", "*44")
        self.agent_is(ALICE.name, "ready")
        for call, wanted in ((answered, {"answered": True, "agent": ALICE.name, "cause": "agent"}),
                             (moved, {"answered": True, "cause": "blind transfer", "transfer_to": "281"}),
                             (lost, {"answered": False, "cause": "abandon"}), (late, {"answered": False})):
            for one in office.switchrooms:
                path = f"/api/v1/calls?{self.period()}&caller={call.caller}&order=oldest"
                page = one.until(path, lambda page: page["rows"] and not any(row["open"] for row in page["rows"]),
                                 f"the finished call of {call.caller}")
                self.assertEqual(len(page["rows"]), 1, (one.folder.name, page["rows"]))
                row = page["rows"][0]
                self.assertEqual({key: row[key] for key in wanted}, wanted, (one.folder.name, row))
        # Why the last one left only the log tells.
        causes = {}
        for one in office.switchrooms:
            path = f"/api/v1/calls?{self.period()}&caller={late.caller}"
            causes[one.folder.name] = one.get(path)["rows"][0]["cause"]
        self.assertEqual((causes["switchroom0"], causes["without"]), ("timeout", "left"))

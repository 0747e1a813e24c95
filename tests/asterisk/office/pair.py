"""An office of two: what several modules of tests begin and end with."""

from .harness import OfficeTest
from .plan import Person, Plan, Queue

ALICE, BRUNO = Person("201", "Alice Moreau", "1201"), Person("202", "Bruno O'Neill", "1202")


class PairTest(OfficeTest):
    """Alice answers for sales and Bruno for support; both are logged on before each test and off after it."""

    managers = (True,)
    others = ()             # people beside the two
    leaving = ("*42",)      # feature codes each of the two dials at the end of a test

    @classmethod
    def plan(cls):
        return Plan(people=[ALICE, BRUNO, *cls.others], telephones=["281", "282"], parking_seconds=30, queues=[
            Queue("sales", "0155501", "601", members=("201",)),
            Queue("support", "0155502", "602", members=("202",))])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room = cls.office.switchrooms[0]

    def setUp(self):
        self.office.log_on(ALICE, BRUNO)
        self.agent_is(ALICE.name, "ready")
        self.agent_is(BRUNO.name, "ready")

    def tearDown(self):
        super().tearDown()
        for number in ("201", "202"):
            for code in self.leaving:
                self.office.code(number, code)
        self.no_agent(ALICE.name)
        self.no_agent(BRUNO.name)

"""The user of etc/asterisk/manager_switchroom.conf: may what Switchroom does, and no more."""
from office.harness import OfficeTest
from office.manager import Manager
from office.plan import Person, Plan, Queue

NEEDED = """
    AgentLogoff Atxfer BlindTransfer BridgeList CancelAtxfer CoreSettings CoreShowChannels CoreStatus
    DeviceStateList ExtensionStateList Getvar Hangup ListCommands MessageSend MixMonitorMute Originate Park ParkedCalls Parkinglots Ping PlayDTMF QueueAdd
    QueueChangePriorityCaller QueueLog QueuePause QueuePenalty QueueRemove QueueStatus QueueSummary
    QueueWithdrawCaller Redirect Setvar StopMixMonitor UserEvent
""".split()
NEVER = "Command CreateConfig GetConfig UpdateConfig ModuleLoad MixMonitor DBPut Reload".split()


class ManagerUser(OfficeTest):
    managers = ()

    @classmethod
    def plan(cls):
        return Plan(people=[Person("201", "Alice Moreau", "1201")], telephones=["281"],
                    queues=[Queue("sales", "0155501", "601", members=("201",))])

    def link(self):
        one = Manager(self.office.pbx.manager_port, "switchroom", "CHANGE-ME")
        self.heard = []
        one.on_event = self.heard.append
        self.office.do(one.open())
        self.addCleanup(lambda: self.office.do(one.close()))
        return one

    def test_the_user_may_do_what_switchroom_does_and_no_more(self):
        answer = self.office.do(self.link().action("ListCommands"))
        allowed = {name.lower() for name in answer}
        self.assertEqual([name for name in NEEDED if name.lower() not in allowed], [])
        self.assertEqual([name for name in NEVER if name.lower() in allowed], [])

    def test_the_user_hears_calls_and_queues_but_not_every_step_of_the_dialplan(self):
        office = self.office
        link = self.link()
        office.log_on(self.plan().people[0])
        call = office.dial_in("0155501")
        talk = office.answers("201")
        office.hang_up(talk)
        office.over(call)
        office.event("Hangup", Channel="PJSIP/trunk-")
        office.do(link.action("Ping"))      # what came before the answer is here now
        names = {one["Event"] for one in self.heard}
        self.assertLessEqual({"QueueMemberAdded", "QueueCallerJoin", "AgentConnect", "AgentComplete", "Newchannel",
                              "BridgeEnter", "Hangup", "DeviceStateChange"}, names)
        self.assertEqual(names & {"VarSet", "Newexten", "RTCPSent", "TestEvent", "ChallengeSent", "MessageWaiting"}, set())

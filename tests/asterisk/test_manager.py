"""The user of etc/asterisk/manager_switchroom.conf: may what Switchroom does, and no more."""
import json
import os
import subprocess

from office.harness import OfficeTest
from office.manager import Manager
from office.pbx import CERTIFICATES, free_port
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

    def check(self, user="switchroom", secret="CHANGE-ME", port=None, how="tcp", host="127.0.0.1", more=()):
        """`switchroom ami check`: exit code, what it prints, what it complains of."""
        address = f"{how}:{user}@{host}:{port or self.office.pbx.manager_port}"
        done = subprocess.run([os.environ["SWITCHROOM"], "ami", "check", "--json", address, *more], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
                              env=dict(os.environ, SWITCHROOM_AMI_SECRET=secret))
        return done.returncode, done.stdout, done.stderr

    def test_the_check_of_the_connection_is_content_with_it(self):
        code, said, complaint = self.check()
        self.assertEqual((code, complaint), (0, ""), said)
        self.assertIn(self.office.version + ".", json.dumps(json.loads(said)))

    def test_the_check_says_what_is_wrong(self):
        for wrong in ({"secret": "another"}, {"user": "nobody"}, {"port": free_port()}):
            code, said, complaint = self.check(**wrong)
            self.assertEqual(code, 1, wrong)
            self.assertTrue(json.loads(said)["error"], wrong)
            self.assertNotIn("another", said + complaint)

    def encrypted(self, certificate, *trust):
        """What the check says of TLS with a certificate: exit code, and the error it tells."""
        self.office.pbx.show_certificate(certificate)
        code, said, complaint = self.check(port=self.office.pbx.tls_port, how="tls", more=trust)
        self.assertEqual(complaint, "")
        return code, json.loads(said).get("error", "")

    def test_by_tls_it_trusts_whom_it_is_told_to_and_says_why_not(self):
        ca = ("--ca", CERTIFICATES / "ca.pem")
        self.assertEqual(self.encrypted("good.pem", *ca), (0, ""))
        code, error = self.encrypted("good.pem", "--ca", CERTIFICATES / "other-ca.pem")
        self.assertEqual(code, 1)
        self.assertIn("no authority that is trusted", error)
        # The fingerprint it tells is the one to name.
        self.assertEqual(self.encrypted("good.pem", "--fingerprint", error.rsplit(" ", 1)[1]), (0, ""))
        for certificate, word in (("expired.pem", "expired"), ("elsewhere.pem", "pbx.example"),
                                  ("self-signed.pem", "ami.fingerprint")):
            code, error = self.encrypted(certificate, *ca)
            self.assertEqual(code, 1, certificate)
            self.assertIn(word, error, certificate)
        self.assertEqual(self.encrypted("self-signed.pem", "--ca", CERTIFICATES / "self-signed.pem"), (0, ""))
        code, said, _ = self.check(how="tls")       # the port without TLS
        self.assertEqual(code, 1)
        self.assertIn("does not speak TLS", json.loads(said)["error"])

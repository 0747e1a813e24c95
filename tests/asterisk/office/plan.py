"""Who and what is in an office, and the parts of Asterisk's configuration that follow from it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Person:
    """An agent: the telephone of one's own, the name in the log, the code of *45."""
    telephone: str
    name: str
    code: str


@dataclasses.dataclass
class Queue:
    name: str
    did: str                    # dialled from outside
    number: str                 # dialled from inside
    seconds: int = 60           # how long a caller waits at most
    members: tuple = ()         # the telephones whose people work here
    static: bool = False        # they are always logged on
    settings: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Plan:
    people: list
    telephones: list            # of nobody: an assistant, a supervisor
    queues: list
    monitors: tuple = ()
    pins: dict = dataclasses.field(default_factory=dict)
    pauses: tuple = ("lunch", "break", "training")
    outcomes: tuple = ("SALE", "NOSALE", "CALLBACK")
    campaigns: tuple = ("autumn", "renewals")
    parking_seconds: int = 8
    recorded: tuple = ()        # queues, and telephones
    recorded_phones: tuple = ()

    def numbers(self):
        return [person.telephone for person in self.people] + list(self.telephones)

    def name_of(self, telephone):
        return next((person.name for person in self.people if person.telephone == telephone), None)

    def queues_of(self, telephone):
        return [queue.name for queue in self.queues if telephone in queue.members]

    # ------------------------------------------------------------ Asterisk's files
    def office(self):
        """extensions_switchroom_office.conf, the file an installer edits."""
        lines = ["[globals](+)"]
        lines += [f"SR_QUEUE_{n} = {queue.name}" for n, queue in enumerate(self.queues, 1)]
        for person in self.people:
            lines.append(f"SR_AGENT_{person.code} = {person.name}")
            queues = self.queues_of(person.telephone) or [queue.name for queue in self.queues if not queue.members]
            lines.append(f"SR_QUEUES_{person.code} = {'&'.join(queues)}")
            lines.append(f"SR_DESK_{person.telephone} = {person.code}")
        lines += [f"SR_PIN_{code} = {pin}" for code, pin in self.pins.items()]
        lines += [f"SR_PAUSE_{n} = {reason}" for n, reason in enumerate(self.pauses, 1)]
        lines += [f"SR_OUTCOME_{n} = {outcome}" for n, outcome in enumerate(self.outcomes, 1)]
        lines += [f"SR_CAMPAIGN_{n} = {campaign}" for n, campaign in enumerate(self.campaigns, 1)]
        lines += [f"SR_RECORD_QUEUES = {'&'.join(self.recorded)}",
                  f"SR_RECORD_PHONES = {'&'.join(self.recorded_phones)}", "SR_RECORD_CODE = yes"]
        lines.append(f"SR_MONITORS = {'&'.join(self.monitors)}")
        lines += ["[switchroom-dial-out]",
                  "exten => s,1,Dial(PJSIP/${ARG1}@trunk,25,${SR_DIAL_OPTIONS})",
                  " same => n,Return()"]
        return "\n".join(lines) + "\n"

    def routes(self):
        return "\n".join(line for queue in self.queues for line in self._enter(queue, queue.did))

    def inside(self):
        hints = [f"exten => {number},hint,PJSIP/{number}" for number in self.numbers()]
        return "\n".join(hints + [line for queue in self.queues for line in self._enter(queue, queue.number)])

    @staticmethod
    def _enter(queue, number):
        return [f"exten => {number},1,Set(SR_DID=${{EXTEN}})", " same => n,Answer()",
                f" same => n,Gosub(switchroom-enter,s,1({queue.name},{queue.seconds},t))", " same => n,Hangup()"]

    def queues_conf(self, shipped):
        lines = ["[general]", f'#include "{shipped}/queues_switchroom.conf"']
        for queue in self.queues:
            settings = {"strategy": "ringall", "timeout": 15, "retry": 1, "musicclass": "default"} | queue.settings
            lines.append(f"[{queue.name}](switchroom)")
            lines += [f"{key} = {value}" for key, value in settings.items()]
            lines += [f"member => PJSIP/{number},0,{self.name_of(number)}" for number in queue.members
                      if queue.static]
        return "\n".join(lines) + "\n"

    def pjsip_conf(self, sip_port, trunk_port):
        lines = ["[global]", "type = global", "endpoint_identifier_order = ip,username", "[transport]",
                 "type = transport", "protocol = udp", f"bind = 127.0.0.1:{sip_port}"]
        common = ["type = endpoint", "disallow = all", "allow = ulaw,alaw", "direct_media = no",
                  "rtp_symmetric = yes", "dtmf_mode = info", "send_pai = yes"]
        for number in self.numbers():
            name = self.name_of(number) or f"Office {number}"
            lines += [f"[{number}]", *common, "context = from-internal", f"auth = {number}", f"aors = {number}",
                      f'callerid = "{name}" <{number}>', "call_group = 1", "pickup_group = 1", "device_state_busy_at = 2",
                      f"[{number}]", "type = auth", "auth_type = userpass", f"username = {number}",
                      f"password = secret-{number}",
                      f"[{number}]", "type = aor", "max_contacts = 1", "remove_existing = yes"]
        lines += ["[trunk]", *common, "context = from-trunk", "aors = trunk", "trust_id_inbound = yes",
                  "[trunk]", "type = aor", f"contact = sip:127.0.0.2:{trunk_port}",
                  "[trunk]", "type = identify", "endpoint = trunk", "match = 127.0.0.2"]
        return "\n".join(lines) + "\n"

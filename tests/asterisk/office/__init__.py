"""A small office on a real Asterisk: the PBX, its telephones, Switchroom beside it.

`pbx` starts and ends an Asterisk, `telephone` makes SIP telephones, `manager`
speaks with the manager interface, `switchroom` runs the program under test and
asks its API. Only Python's standard library is used.
"""

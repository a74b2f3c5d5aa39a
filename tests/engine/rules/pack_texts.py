"""The texts of small rule packs, entry by entry."""

from __future__ import annotations

HEAD = 'issuer = "a"\nname = "甲"\nsince = 2020-01-01\n'
RECORD = """
[[record]]
at = "inspection.onsite"
form = "recording"
code = "photo|video"
level = "mandatory"
since = 2019-03-20
cites = ["pds-1"]
"""
PAPER = """
[[record]]
at = "penalty.proposal"
form = "document"
code = "matter_approval"
level = "mandatory"
signed_by = ["handler"]
carried = true
prepared = false
count = 2
due = "deposit"
when = "serious"
since = 2019-03-20
cites = ["pds-1"]
mark = "v"
"""
TERM = """
[[deadline.archiving]]
label = "归档"
length = 30
unit = "day"
warn = [10, 3]
extends = 5
extended_by = ["agency_head"]
deducts = ["hearing"]
since = 2019-03-20
cites = ["pds-1"]
"""
PARAMETER = """
[[parameter.minimum_panel]]
value = 3
unit = "person"
since = 2019-03-20
cites = ["pds-1"]
"""
WAIVER = """
[[waiver]]
at = "inspection.onsite"
code = "photo"
grounds = ["weather"]
approvers = ["agency_head"]
since = 2019-03-20
cites = ["pds-1"]
"""
POSTS = """
[[capacity.approver]]
matter = "penalty.proposal"
posts = ["agency_head"]
since = 2019-03-20
cites = ["pds-1"]
"""
SEPARATION = """
[[separation]]
rule = "SD1"
capacities = ["handler", "reviewer"]
since = 2019-03-20
cites = ["pds-1"]
"""
ACCESS = """
[[access]]
requester = "officer"
operations = ["retrieve", "copy"]
leave = "approved"
approvers = ["unit_head", "deputy_head"]
since = 2019-03-20
cites = ["pds-1"]
says = { escort = "某人" }
"""
RETENTION = """
[[retention]]
covers = "ordinary"
length = 6
unit = "month"
bound = "minimum"
since = 2019-03-20
cites = ["pds-1"]
"""
HOLD = """
[[retention]]
covers = "long_term"
trigger = "objection"
effect = "automatic"
since = 2019-03-20
cites = ["pds-1"]
"""
SPOKEN = """
[[announcement.opening]]
at = ["inspection.onsite"]
moment = "opening"
text = "你好"
since = 2019-03-20
cites = ["pds-1"]
"""
DUTY = """
[[duty.venues]]
subject = "venue"
kept_by = "shown"
at = ["inspection.onsite"]
documents = ["matter_approval"]
since = 2019-03-20
cites = ["pds-1"]
says = { venues = ["甲", "乙"], named_person = true }
"""
SWITCH = """
[[parameter.way]]
value = "strict"
settles = "d-13"
choices = ["strict", "guide"]
since = 2019-03-20
cites = ["pds-1"]
"""
WORDS = """
[titles]
agency_head = "局主要领导"

[grounds]
weather = "天气"
"""
WHOLE = HEAD + WORDS + RECORD + PAPER + TERM + PARAMETER + WAIVER + POSTS + SEPARATION
KNOWN = {
    "activities": {"inspection.onsite", "penalty.proposal"},
    "documents": {"matter_approval"},
    "clauses": {"pds-1"},
    "roles": {"handler"},
    "says": {"escort", "venues", "named_person"},
}

"""The agreement that the design sketches can be read as it stands there, and says all it should."""

from decimal import Decimal
from fractions import Fraction

from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Side

SKETCH = """
accord: 1
name: Acme marketing and sales
term: {start: 2026-01-01, end: 2026-12-31, reset_review: 2026-07-01, interval: month}
currency: USD
calendars:
  hq: {zone: Europe/Istanbul, hours: {mon-fri: ["09:00-12:30", "13:30-18:00"]}, holidays: TR, closed: [2026-07-15], open: []}
people:
  mina:  {side: marketing, role: head, email: mina@acme.example}
  omar:  {side: sales, role: head, email: omar@acme.example}
  reps:  {side: sales, pool: inbound, calendar: hq, minutes_per_month: 5760}     # or one entry a person
goal:                                     # S0.13, S4.10: per interval
  revenue: 500000
  retention_share: 20%
  streams:
    smb:        {share: 60%, deal_value: 2000,  cycle: 1 month,  from_marketing: 60%}
    enterprise: {share: 40%, deal_value: 20000, cycle: 3 months, from_marketing: 50%}
stages: [visitor, lead, mql, sal, sql, opportunity, proposal, customer]          # each with its definition and owner
lead_types:                               # S4.15: rates per stream and type; mix says how demand is shared
  web_form: {streams: {smb: {mix: 70%, mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}}}
  outbound: {streams: {smb: {mix: 30%, mql_to_sql: 55%, sql_to_opportunity: 85%, opportunity_to_customer: 20%}}}
value: {by: persona, prices: {ceo: 100, director: 50, manager: 40}}              # or by: conversion
definitions: {mql: "fits and has shown interest", sql: "need confirmed", attempt: "one call", connect: "a live talk"}
qualification:                            # S3.9: two axes, each a list of criteria with points; negatives allowed
  fit:      [{when: "company.employees > 10", points: 20}, {when: "contact.role in decision_makers", points: 30}]
  interest: [{when: "demo_requested", points: 50}, {when: "visits >= 3", points: 10, half_life: 30 d}]
  grades: {fit: {A: 60, B: 40, C: 20}, interest: {1: 60, 2: 40, 3: 20}}
  mql: "grade in [A1, A2, B1] or demo_requested"
  disqualify: [{when: "company.country in embargoed", reason: out_of_market}]
handoff:
  trigger: mql
  minimum_information: [email, company, role, phone or linkedin]
  receive: {pool: inbound, catch_all: omar}
  accept_within: 24 h                     # then accepted by silence
  reject_reasons: [duplicate, missing_data, wrong_contact, out_of_market, below_threshold, misrouted]
  feedback_within: 2 d
  return_after: {attempts: 7, to: reengage}
follow_up:
  first_touch: {demo: 5 min, web_form: 60 min, content: 24 h}
  cadence: [{by: 14 d, attempts: 3}, {by: 28 d, attempts: 5}, {by: 56 d, attempts: 7}]
  touches: {call: 6, voicemail: 3, email: 3}
  minimum_gap: 4 h
  automated_email_counts: depth only
nurture: {tracks: {reengage: {stage: awareness, steps: [{after: 3 d, asset: guide}, {after: 7 d, asset: story}]}}}
promises:                                 # the contract itself: everything else explains it
  - {id: M1, side: marketing, measure: accepted_leads, from: plan, band: 10%}
  - {id: M2, side: marketing, measure: lead_value, target: 300000, band: 10%}
  - {id: M3, side: marketing, measure: complete_handoffs, target: 95%}
  - {id: S1, side: sales, measure: first_touch_in_time, target: 90%}
  - {id: S2, side: sales, measure: cadence_kept, target: 80%}
  - {id: S3, side: sales, measure: decided_in_time, target: 95%}
  - {id: J1, side: both, measure: revenue, from: goal}
escalation: [{at: 75%, tell: owner}, {at: 100%, tell: [owner, backup]}, {after: 1 h, tell: manager}]
contacts: {lead_questions: mina, routing: omar}
meetings: {stand_up: "09:15 working days", review: monthly}
"""  # noqa: E501 - as it stands in the design


def test_the_sketch_of_the_design_is_an_agreement():
    agreement = parse_agreement(SKETCH, "DESIGN.md")
    assert agreement.goal.streams["enterprise"].deal_value == Decimal(20000)
    assert agreement.lead_types["outbound"].streams["smb"].rates["mql_to_sql"] == Fraction(55, 100)
    assert agreement.qualification.grades["interest"] == {"1": 60, "2": 40, "3": 20}
    assert [promise.id for promise in agreement.promises] == ["M1", "M2", "M3", "S1", "S2", "S3", "J1"]
    assert agreement.escalation[1].tell == ("owner", "backup")
    assert agreement.meetings["review"].when == "monthly"
    assert agreement.calendar_of(Side.SALES).name == "hq"

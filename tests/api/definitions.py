"""A definition with what a request for leave lacks: a link, votes, score cards, a notice, a signal, a public start."""

HEARING = """
key: hearing
title: {zh: 困难补助, en: Hardship aid}
number: HA-{year}-{seq:04}
subject: "{name}"
start: [{role: union_chair, at: enterprise}, public]
concerns: person
see: [office]
people:
  person: {person: name, link: contact}
  office: {role: union_chair, at: enterprise}
  leaders: {role: leader, at: district}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true, max: 20}
  contact: {type: email, label: {zh: 邮箱, en: E-mail}, required: true, personal: true}
  amount: {type: money, label: {zh: 金额, en: Amount}, required: true, min: 1}
  secret_note: {type: integer, label: {zh: 内部评级, en: Rating}, see: [office]}
  kinds: {type: choices, label: {zh: 困难类型, en: Kinds}, options: {illness: {zh: 疾病, en: Illness}, fire: {zh: 火灾, en: Fire}}}
  since: {type: date, label: {zh: 起始日期, en: Since}}
  employed: {type: yes_no, label: {zh: 在岗, en: Employed}}
  family: {type: table, label: {zh: 家庭成员, en: Family}, max: 5, columns: {who: {type: text, label: {zh: 称谓, en: Who}, required: true, max: 10}, age: {type: integer, label: {zh: 年龄, en: Age}}}}
  account: {type: text, label: {zh: 账户, en: Account}, max: 30}
states:
  draft:
    label: {zh: 填写, en: Form}
    task: {who: starter, edit: [name, contact, amount, secret_note, kinds, since, employed, family]}
    to: {submit: consent}
  consent:
    label: {zh: 本人确认, en: Confirmation}
    task: {who: person, edit: [account], due: 5 working days}
    to: {agree: meeting, decline: refused}
  meeting:
    label: {zh: 表决, en: Vote}
    ballot: {who: leaders, secret: true, quorum: cast * 2 > electorate, pass: yes * 2 > cast, closed_by: office}
    to: {pass: marking, fail: refused, invalid: meeting}
  marking:
    label: {zh: 评分, en: Marks}
    score: {who: leaders, criteria: {need: 10}, at_least: 1}
    to: {scored: published}
  published:
    label: {zh: 公示, en: Notice}
    notice: {length: 5 working days, where: [public], show: [name, unit, amount], objections: {who: leaders, sign: 2, anonymous: true}}
    tell: [person]
    to: {clear: payment, upheld: refused}
  payment:
    label: {zh: 拨付, en: Payment}
    wait: {for: [paid]}
    to: {paid: granted}
  granted: {end: {zh: 已拨付, en: Paid}, tell: [person]}
  refused: {end: {zh: 未通过, en: Refused}}
  withdrawn: {end: {zh: 已撤回, en: Withdrawn}}
anytime:
  withdraw: {by: [starter, person], to: withdrawn}
triggers:
  paid: {label: {zh: 已付, en: Paid}, sense: forward}
"""

COMPLAINT = """
key: complaint
title: {zh: 投诉, en: Complaint}
subject: "{unit}"
people: {office: {role: leader, at: district}}
fields: {matter: {type: long_text, label: {zh: 事由, en: Matter}}}
states:
  look: {task: {who: office, edit: [matter]}, to: {finish: done}}
  done: {end: {zh: 完, en: Done}}
"""

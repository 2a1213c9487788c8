"""A small nomination with everything that a journey passes: a return, an approval, a notice, an objection, an award."""

PIONEER = """
key: pioneer
title: {zh: 工人先锋推荐, en: Worker pioneer}
about: {zh: 推荐一线班组里的先进个人。, en: For good workers of a team.}
number: WP-{year}-{seq:04}
subject: "{name}（{unit}）"
start: {role: union_chair, at: enterprise}
people:
  township: {role: union_chair, at: township}
  leaders: {role: leader, at: district}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true, max: 40}
  trade: {type: choice, label: {zh: 工种, en: Trade}, required: true, options: {welder: {zh: 焊工, en: Welder}, driver: {zh: 司机, en: Driver}}}
  deeds: {type: long_text, label: {zh: 主要事迹, en: Deeds}, required: true, min: 10, max: 500}
states:
  draft:
    label: {zh: 推荐, en: Nomination}
    task: {who: starter, edit: [name, trade, deeds]}
    to: {submit: review}
  review:
    label: {zh: 镇街审核, en: Township review}
    task: {who: township, due: 3 working days}
    to: {approve: public_notice, return: draft, reject: refused}
  public_notice:
    label: {zh: 公示, en: Notice}
    notice: {length: 5 working days, where: [public], show: [name, unit, trade], objections: {who: leaders, sign: 1, due: 10 working days, clock: hold, anonymous: true}}
    to: {clear: awarded, upheld: refused}
  awarded: {end: {zh: 已命名, en: Awarded}, tell: [starter]}
  refused: {end: {zh: 未通过, en: Refused}, tell: [starter]}
triggers:
  approve: {label: {zh: 同意推荐, en: Approve nomination}}
"""

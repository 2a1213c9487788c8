"""The usual triggers, choices and operations, with their labels and sense: what a definition need not explain."""

from collections.abc import Mapping

from workflow.definition.model import Sense
from workflow.text import Label, Sentence, sentence

#: Fired by the clock, a count, the answer to an objection, called cases or a sitting; never picked by a person.
FIRED = frozenset({"expired", "clear", "upheld", "corrected", "pass", "fail", "invalid", "scored", "gathered", "done"})

TRIGGERS: dict[str, tuple[Label, Sense]] = {
    "submit": (Label("提交", "Submit"), "forward"),
    "approve": (Label("同意", "Approve"), "forward"),
    "agree": (Label("同意", "Agree"), "forward"),
    "confirm": (Label("确认", "Confirm"), "forward"),
    "accept": (Label("受理", "Accept"), "forward"),
    "answer": (Label("答复", "Answer"), "forward"),
    "publish": (Label("公布", "Publish"), "forward"),
    "finish": (Label("办结", "Finish"), "forward"),
    "call": (Label("递补", "Call up"), "forward"),
    "reopen": (Label("重新办理", "Reopen"), "forward"),
    "return": (Label("退回修改", "Send back"), "back"),
    "reject": (Label("不予通过", "Reject"), "stop"),
    "decline": (Label("不同意", "Decline"), "stop"),
    "object": (Label("有异议", "Object"), "stop"),
    "refuse": (Label("不予受理", "Refuse"), "stop"),
    "withdraw": (Label("撤回", "Withdraw"), "stop"),
    "expired": (Label("到期", "Expired"), "forward"),
    "clear": (Label("公示期满无异议", "Notice ended without objection"), "forward"),
    "upheld": (Label("异议成立", "Objection upheld"), "stop"),
    "corrected": (Label("更正", "Corrected"), "forward"),
    "pass": (Label("通过", "Passed"), "forward"),
    "fail": (Label("未通过", "Not passed"), "stop"),
    "invalid": (Label("表决无效", "Vote invalid"), "stop"),
    "scored": (Label("评分完成", "Scored"), "forward"),
    "gathered": (Label("集中办理完成", "Decided together"), "forward"),
    "done": (Label("子流程办结", "Called cases ended"), "forward"),
}

CHOICES: dict[str, Label] = {
    "yes": Label("赞成", "Yes"),
    "no": Label("反对", "No"),
    "abstain": Label("弃权", "Abstain"),
}

CANCELLED = Label("已取消", "Cancelled")

STATES: dict[str, Label] = {
    "draft": Label("草稿", "Draft"),
    "review": Label("审核", "Review"),
    "notice": Label("公示", "Public notice"),
    "public_notice": Label("公示", "Public notice"),
    "consent": Label("本人同意", "Consent"),
    "consultation": Label("征求意见", "Consultation"),
    "scoring": Label("评分", "Scoring"),
    "selection": Label("评选", "Selection"),
    "approval": Label("审批", "Approval"),
}

ANSWERS: dict[str, Label] = {
    "dismissed": Label("不成立", "Dismissed"),
    "joined": Label("并入前一异议", "Joined to an earlier one"),
    "partly": Label("部分成立", "Partly upheld"),
    "upheld": Label("成立", "Upheld"),
    "agree": Label("同意", "Agree"),
    "disagree": Label("不同意", "Disagree"),
}

#: The built-in operations.
OPERATIONS: Mapping[str, Sentence] = {
    "claim": sentence("Claim"),
    "release": sentence("Release"),
    "delegate": sentence("Delegate"),
    "transfer": sentence("Pass on"),
    "add_signer": sentence("Add a signer"),
    "remove_signer": sentence("Remove a signer"),
    "take_back": sentence("Take back"),
    "urge": sentence("Nudge"),
    "copy": sentence("Copy"),
    "comment": sentence("Comment"),
    "recuse": sentence("Recuse oneself"),
    "correct": sentence("Correct"),
    "paper": sentence("Paper received"),
    "cancel": sentence("Cancel"),
    "suspend": sentence("Suspend"),
    "resume": sentence("Resume"),
    "reassign": sentence("Reassign"),
    "extend": sentence("Extend the deadline"),
    "pause": sentence("Stop the clock"),
    "go_on": sentence("Start the clock again"),
}

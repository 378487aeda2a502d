"""What is talked about with the demo's customers, each text as (Chinese, English)."""

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Theme:
    """subjects: what a talk of it is called. needs and feedback may be left out of a talk. step: what follows, as the
    next step of an interaction and as a task.
    """

    subjects: tuple[Pair, ...]
    minutes: tuple[Pair, ...]
    steps: tuple[Pair, ...]
    needs: tuple[Pair, ...] = ()
    feedback: tuple[Pair, ...] = ()


THEMES = {
    "onboarding": Theme(
        subjects=(("上线启动会", "Kick-off of the rollout"), ("首批用户培训", "Training for the first users")),
        minutes=(
            ("双方确认上线范围与时间表，首批开通两个部门。", "Agreed on scope and dates; two departments go first."),
            (
                "培训到场人数超出预期，权限设置的问题最多。",
                "More people than expected came; most asked about permissions.",
            ),
        ),
        needs=(("需要与现有的单点登录打通。", "Sign-on has to work with what they have."),),
        feedback=(("界面好上手，移动端希望更快。", "Easy to learn; they would like it faster on phones."),),
        steps=(
            ("发送培训录像与操作手册", "Send the recording and the handbook"),
            ("确认第二批部门的开通名单", "Get the list of the second batch of departments"),
        ),
    ),
    "renewal": Theme(
        subjects=(
            ("续约意向沟通", "Talk about the renewal"),
            ("续约报价说明", "Walk through the renewal offer"),
            ("合同条款确认", "Terms of the contract"),
        ),
        minutes=(
            ("对方认可使用效果，希望看到更长周期的价格。", "Happy with the results; wants a price for a longer term."),
            ("预算要到下个月才定，届时由采购发起流程。", "The budget is set next month; purchasing starts it then."),
            ("法务对付款条款有修改意见，已记录待回复。", "Legal wants other payment terms; noted, we answer."),
        ),
        feedback=(
            ("竞品报价更低，但迁移成本是顾虑。", "A competitor is cheaper, moving worries them."),
            ("使用部门支持续约。", "The departments that use it want to stay."),
        ),
        steps=(
            ("准备续约报价", "Prepare the renewal offer"),
            ("约拍板人面谈续约", "Meet the decision maker about the renewal"),
            ("回复法务的修改意见", "Answer legal's changes"),
            ("跟进盖章合同原件寄回", "See that the stamped original comes back"),
        ),
    ),
    "growth": Theme(
        subjects=(
            ("新部门扩容", "More seats for another department"),
            ("数据分析模块演示", "Demo of Insight"),
            ("接口对接评估", "Look at the integration"),
        ),
        minutes=(
            (
                "计划下季度增加约三十个席位，先试用两周。",
                "About thirty more seats next quarter, two weeks of trial first.",
            ),
            ("对自动报表很感兴趣，要求提供同行案例。", "Keen on automatic reports; asks for a case from their trade."),
        ),
        needs=(
            ("按门店汇总的经营看板。", "A board of figures by branch."),
            ("与财务系统每日对账。", "A daily match with their ledger."),
        ),
        steps=(
            ("开通试用席位", "Open the trial seats"),
            ("发送同行业案例", "Send a case from their trade"),
            ("出具扩容报价", "Offer the additional seats"),
        ),
    ),
    "service": Theme(
        subjects=(("问题处理回访", "After a problem was solved"), ("导出速度慢的反馈", "Exports are slow")),
        minutes=(
            ("问题已恢复，对方要求给出原因说明。", "It works again; they ask for the cause in writing."),
            ("高峰期导出超过五分钟，已转研发排查。", "An export took over five minutes at peak; engineering looks."),
        ),
        feedback=(("响应及时，希望有固定对接人。", "Quick answer; they would like one person to call."),),
        steps=(("发送问题原因说明", "Send the cause in writing"), ("一周后回访", "Call again in a week")),
    ),
    "review": Theme(
        subjects=(("季度回顾", "Quarterly review"), ("例行沟通", "Regular call"), ("使用情况沟通", "How it is used")),
        minutes=(
            ("活跃用户稳定，下季度重点是报表与审批。", "Usage is steady; reports and approvals come next."),
            ("对接人可能调岗，需尽快认识接任者。", "The contact may move on; we should meet the successor."),
            ("整体满意，建议安排一次高管互访。", "Content on the whole; suggests that both managements meet."),
        ),
        needs=(("审批流支持加签。", "Approvals with a second signature."),),
        steps=(
            ("发送季度使用报告", "Send the report of the quarter"),
            ("认识新的对接人", "Meet the new contact"),
            ("安排高管互访", "Set up a visit of the management"),
        ),
    ),
    "lead": Theme(
        subjects=(("产品介绍", "Introduction"), ("需求沟通", "What they need"), ("方案演示", "Demo of the solution")),
        minutes=(
            ("目前用表格管理，希望年内上系统。", "They work with spreadsheets and want a system this year."),
            (
                "正在比较三家，关注数据安全与本地服务。",
                "Three vendors are compared; security and local service matter.",
            ),
        ),
        needs=(("先满足一个部门，再推广到集团。", "One department first, then the group."),),
        steps=(("发送方案与报价", "Send solution and price"), ("约决策层演示", "Demo for those who decide")),
    ),
}
# Kind of interaction → how often, relative to the others.
KINDS = {"call": 40, "mail": 18, "visit": 14, "meeting": 14, "note": 8}
# Who rounds off the committee of a key account: title, buying roles.
COMMITTEE: tuple[tuple[Pair, list[str]], ...] = (
    (("总经理", "General manager"), ["decision_maker", "signer"]),
    (("财务总监", "Finance director"), ["budget_owner"]),
    (("信息化主管", "Head of IT"), ["evaluator"]),
    (("运营经理", "Operations manager"), ["user"]),
)
# Colleagues of the demo's own workspace, who cannot sign in: name, the mail address's first part, role, team.
COLLEAGUES: tuple[tuple[Pair, str, str, str], ...] = (
    (("陈女士", "Ms Chen"), "chen", "manager", "key"),
    (("周先生", "Mr Zhou"), "zhou", "member", "key"),
    (("林女士", "Ms Lin"), "lin", "member", "success"),
)
TEAMS: dict[str, Pair] = {"success": ("客户成功部", "Customer success"), "key": ("大客户部", "Key accounts")}

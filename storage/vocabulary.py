"""Every enumeration of a column or a rule pack; nothing else is imported here."""

from __future__ import annotations

from enum import StrEnum

from storage.vocabulary_rooms import BookingStatus as BookingStatus  # noqa: PLC0414 - offered here
from storage.vocabulary_rooms import RoomKind as RoomKind  # noqa: PLC0414 - offered here


class RecordForm(StrEnum):
    """The form in which an act is recorded (记录形式)."""

    DOCUMENT = "document"  #: 文书
    RECORDING = "recording"  #: 音像
    DATA = "data"  #: 电子数据


class Medium(StrEnum):
    """What kind of recording it is (音像种类)."""

    PHOTO = "photo"  #: 照相
    AUDIO = "audio"  #: 录音
    VIDEO = "video"  #: 执法记录仪或摄像
    ROOM_VIDEO = "room_video"  #: 室内视频监控


class DeviceKind(StrEnum):
    """What kind of device records (设备种类)."""

    BODY_CAMERA = "body_camera"  #: 执法记录仪
    CAMERA = "camera"  #: 照相机、摄像机
    AUDIO_RECORDER = "audio_recorder"  #: 录音设备
    ROOM_SYSTEM = "room_system"  #: 室内视频监控


class Level(StrEnum):
    """How strictly a record is asked for (要求程度)."""

    MANDATORY = "mandatory"  #: 应当
    CONDITIONAL = "conditional"  #: 必要时
    OPTIONAL = "optional"  #: 可以
    EXEMPT = "exempt"  #: 可以不


class DueAt(StrEnum):
    """When a record must exist (何时应有)."""

    COMPLETION = "completion"  #: 环节办结时
    DEPOSIT = "deposit"  #: 入库时限内


class TermUnit(StrEnum):
    """The unit in which a term is counted (期限单位)."""

    SECOND = "second"  #: of a timer that a diagram draws; no text of law counts so
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


class TaskKind(StrEnum):
    """What a task waits for."""

    USER = "user"  #: a person's work
    MESSAGE = "message"  #: an act that may be started or received
    TIMER = "timer"  #: a deadline


class TaskStatus(StrEnum):
    """Where a task stands (环节状态)."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class CaseStatus(StrEnum):
    """Where a case stands (案件状态)."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    ARCHIVED = "archived"
    TERMINATED = "terminated"


class DocumentStatus(StrEnum):
    """Where a document stands (文书状态)."""

    DRAFT = "draft"
    PREPARED = "prepared"
    FINAL = "final"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class RecordingStatus(StrEnum):
    """Where a recording stands (音像状态)."""

    DECLARED = "declared"
    DEPOSITED = "deposited"
    VERIFIED = "verified"
    QUARANTINED = "quarantined"


class DeadlineStatus(StrEnum):
    """Where a deadline stands (期限状态)."""

    RUNNING = "running"
    SUSPENDED = "suspended"  #: does not run while its case is suspended
    MET = "met"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class DeadlineOutcome(StrEnum):
    """What a deadline says on screens and to other programs (期限结果)."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    MET = "met"  #: in time
    LATE = "late"  #: done, but after its end
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class WaiverStatus(StrEnum):
    """Where a waiver stands (豁免状态)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class SignatureKind(StrEnum):
    """How somebody stands for a document (签署方式)."""

    SIGNATURE = "signature"  #: 签名
    STAMP = "stamp"  #: 盖章
    FINGERPRINT = "fingerprint"  #: 捺印
    REFUSAL = "refusal"  #: 拒签


class RecusalStatus(StrEnum):
    """Where a challenge stands (回避状态)."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


class MemoKind(StrEnum):
    """What one colleague tells another (往来类型)."""

    REMINDER = "reminder"  #: 催办
    COPY = "copy"  #: 抄送
    QUESTION = "question"  #: 沟通


class MigrationStatus(StrEnum):
    """Where the migration of many cases stands (迁移状态)."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Fate(StrEnum):
    """What becomes of a case in a migration (迁移结果)."""

    MOVED = "moved"  #: 已迁移
    MOVABLE = "movable"  #: 可以迁移, in a trial
    SETTLED = "settled"  #: 无须迁移
    REFUSED = "refused"  #: 不能迁移


class CosignStatus(StrEnum):
    """Where the consent of a co-signer stands (加签状态)."""

    ASKED = "asked"
    AGREED = "agreed"
    OBJECTED = "objected"
    REMOVED = "removed"  #: 减签


class JobStatus(StrEnum):
    """Where a job stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Capacity(StrEnum):
    """In what capacity somebody acts in this case (办案身份)."""

    HANDLER = "handler"  #: 承办人
    REVIEWER = "reviewer"  #: 审核人
    APPROVER = "approver"  #: 批准人
    LEGAL_REVIEWER = "legal_reviewer"  #: 法制审核人员
    PANEL_CHAIR = "panel_chair"  #: 合议主持人
    PANEL_MEMBER = "panel_member"  #: 合议人员
    HEARING_OFFICER = "hearing_officer"  #: 听证主持人
    HEARING_CLERK = "hearing_clerk"  #: 听证记录员
    COMMITTEE_CHAIR = "committee_chair"  #: 集体讨论主持人
    COMMITTEE_MEMBER = "committee_member"  #: 集体讨论成员
    ARCHIVIST = "archivist"  #: 档案管理员
    FOOTAGE_CUSTODIAN = "footage_custodian"  #: 音像资料管理员
    FINANCE = "finance"  #: 财务
    PUBLISHER = "publisher"  #: 公示员
    SUPERVISOR = "supervisor"  #: 执法监督
    SYSTEM = "system"  #: 系统


class Post(StrEnum):
    """What post somebody holds in the agency (职务)."""

    OFFICER = "officer"
    UNIT_HEAD = "unit_head"
    DEPUTY_HEAD = "deputy_head"
    AGENCY_HEAD = "agency_head"
    LEGAL_REVIEWER = "legal_reviewer"
    ARCHIVIST = "archivist"
    FOOTAGE_CUSTODIAN = "footage_custodian"
    FINANCE = "finance"
    PUBLISHER = "publisher"
    SUPERVISOR = "supervisor"
    PROCESS_DESIGNER = "process_designer"
    ADMINISTRATOR = "administrator"


class ServiceMode(StrEnum):
    """How a document is served on a party (送达方式)."""

    PERSONAL = "personal"  #: 直接送达
    LEAVING = "leaving"  #: 留置送达
    ENTRUSTED = "entrusted"  #: 委托送达
    POSTAL = "postal"  #: 邮寄送达
    ELECTRONIC = "electronic"  #: 电子送达
    FORWARDED = "forwarded"  #: 转交送达
    ANNOUNCEMENT = "announcement"  #: 公告送达


class PartyKind(StrEnum):
    """What kind of subject the party is (当事人类型)."""

    CITIZEN = "citizen"
    INDIVIDUAL_BUSINESS = "individual_business"
    LEGAL_PERSON = "legal_person"
    OTHER_ORGANIZATION = "other_organization"


class Subject(StrEnum):
    """What a duty of a rule pack is about (事项)."""

    DEFINITION = "definition"  #: 适用范围和定义
    RECORDING = "recording"  #: 记录
    CONTENT = "content"  #: 记录内容
    APPROVAL = "approval"  #: 审批
    ROLE = "role"  #: 职责分工
    NOTICE = "notice"  #: 告知
    SERVICE = "service"  #: 送达
    VENUE = "venue"  #: 场所
    DEVICE = "device"  #: 设备
    CUSTODY = "custody"  #: 移交保管
    ARCHIVE = "archive"  #: 归档
    RETENTION = "retention"  #: 保存期限
    ACCESS = "access"  #: 调阅
    CONFIDENTIALITY = "confidentiality"  #: 保密
    ASSESSMENT = "assessment"  #: 考核
    ACCOUNTABILITY = "accountability"  #: 责任追究
    PROCUREMENT = "procurement"  #: 配备
    INSTRUMENT = "instrument"  #: 文件本身


class KeptBy(StrEnum):
    """By what the product keeps a duty (落实方式)."""

    GATE = "gate"  #: 记录门
    DIAGRAM = "diagram"  #: 流程图
    FORM = "form"  #: 文书栏目
    DEADLINE = "deadline"  #: 期限
    PERMISSION = "permission"  #: 权限
    STORE = "store"  #: 存证
    REGISTER = "register"  #: 登记簿
    ATTESTATION = "attestation"  #: 具结
    STATISTICS = "statistics"  #: 统计
    SHOWN = "shown"  #: 提示


class Requester(StrEnum):
    """Who asks to see or copy a record (调阅人)."""

    MAKER = "maker"  #: 制作人、承办人
    OFFICER = "officer"  #: 执法人员
    UNIT_HEAD = "unit_head"  #: 科室负责人
    LEADER = "leader"  #: 机构负责人、稽查部门
    OTHER_UNIT = "other_unit"  #: 跨科室、非承办人
    GOVERNMENT = "government"  #: 其他政府部门
    JUDICIAL = "judicial"  #: 公安、检察院、法院等机关
    ELSEWHERE = "elsewhere"  #: 外地执法部门
    PARTY = "party"  #: 当事人
    LAWYER = "lawyer"  #: 代理律师
    PUBLIC = "public"  #: 公民、法人和其他组织
    OUTSIDER = "outsider"  #: 外单位人员


class Material(StrEnum):
    """What somebody asks to see or copy (调阅材料)."""

    ANY = "any"  #: 全部记录
    FILE = "file"  #: 案卷
    RECORDER = "recorder"  #: 执法记录仪原始资料
    ROOM = "room"  #: 询问室同步录音录像
    MONITORING = "monitoring"  #: 监控数据


class Operation(StrEnum):
    """What somebody wants to do with a record (调阅方式)."""

    VIEW = "view"  #: 查阅
    RETRIEVE = "retrieve"  #: 调取
    COPY = "copy"  #: 复制


class Leave(StrEnum):
    """By whose leave a record is shown or copied (批准方式)."""

    NONE = "none"  #: 无须批准
    APPROVED = "approved"  #: 逐级批准
    COLLEGIAL = "collegial"  #: 集体研究
    INFORMATION_LAW = "information_law"  #: 依政府信息公开等规定
    NOT_STATED = "not_stated"  #: 未规定


class RetentionClass(StrEnum):
    """Which records a period of keeping is for (保存类别)."""

    ORDINARY = "ordinary"  #: 一般音像资料
    EVIDENCE = "evidence"  #: 作为证据的音像资料
    ROOM = "room"  #: 询问室同步录音录像
    DOCUMENTS = "documents"  #: 文书及其他资料
    ALL = "all"  #: 全部记录
    LONG_TERM = "long_term"  #: 长期保存


class Bound(StrEnum):
    """Whether a period is the least or the whole (期限性质)."""

    MINIMUM = "minimum"  #: 不少于
    FIXED = "fixed"  #: 为


class HoldTrigger(StrEnum):
    """What makes a recording be kept for long (长期保存情形)."""

    OBJECTION = "objection"  #: 异议、投诉、上访
    OBSTRUCTION = "obstruction"  #: 逃避、拒绝、阻碍、辱骂
    INCIDENT = "incident"  #: 群体性、突发事件
    OTHER = "other"  #: 其他重大、敏感情况


class HoldEffect(StrEnum):
    """Whether a trigger holds a recording by itself (长期保存方式)."""

    AUTOMATIC = "automatic"  #: 应当
    DECISION = "decision"  #: 可以


class Moment(StrEnum):
    """When words are spoken (何时宣告)."""

    OPENING = "opening"  #: 开始时
    CLOSING = "closing"  #: 结束时


class ClockStart(StrEnum):
    """From what a term is counted (起算事件)."""

    RECORDING_MADE = "recording_made"  #: 记录制作完成
    ACTIVITY_ENDED = "activity_ended"  #: 执法活动结束
    RETURNED = "returned"  #: 回到本单位
    PROCEDURE_STARTED = "procedure_started"  #: 程序启动
    SOURCE_REGISTERED = "source_registered"  #: 案源登记
    ACCEPTED = "accepted"  #: 受理
    APPROVED = "approved"  #: 批准
    CASE_CLOSED = "case_closed"  #: 结案
    ACT_ENDED = "act_ended"  #: 执法行为终结
    DAMAGE_FOUND = "damage_found"  #: 发现损坏

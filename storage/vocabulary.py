"""Every enumeration that a column may hold; nothing of ours is imported here."""

from __future__ import annotations

from enum import StrEnum


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

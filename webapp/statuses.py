"""Refusal class to HTTP status; the only table of its kind."""

from __future__ import annotations

from http import HTTPStatus

from engine import errors as engine
from engine.bpmn import errors as bpmn
from engine.commands import errors as commands
from engine.commands import room_errors as rooms
from engine.commands import version_errors
from engine.rules import errors as rules
from engine.rules import facts
from engine.runtime import errors as runtime
from forms import elements, numbering
from webapp import refusals as web
from webapp.auth import refusals as auth
from webapp.scenarios import script

_BAD_GATEWAY = HTTPStatus.BAD_GATEWAY
_BUSY = HTTPStatus.SERVICE_UNAVAILABLE
_CONFLICT = HTTPStatus.CONFLICT
_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
_FORBIDDEN = HTTPStatus.FORBIDDEN
_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_MISSING = HTTPStatus.NOT_FOUND
_TYPE = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
_UNKNOWN = HTTPStatus.UNAUTHORIZED
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY

#: What a refusal looks like to HTTP.
STATUS: dict[type[engine.CaseError], HTTPStatus] = {
    engine.CaseError: _CONFLICT,
    engine.Refusal: _CONFLICT,
    engine.NotFound: _MISSING,
    engine.Invalid: _WRONG,
    engine.IllegalTransition: _CONFLICT,
    # ── What the law's arithmetic refuses
    rules.CalendarUnknown: _CONFLICT,
    rules.InvalidCalendar: _WRONG,
    rules.TermUnknown: _CONFLICT,
    rules.TermSuspended: _CONFLICT,
    rules.InvalidPack: _WRONG,
    rules.InvalidCatalogue: _WRONG,
    rules.SeparationOfDuties: _FORBIDDEN,
    rules.PersonRecused: _FORBIDDEN,
    rules.PostNotHeld: _FORBIDDEN,
    rules.TooFewOfficers: _CONFLICT,
    rules.CertificateInvalid: _CONFLICT,
    rules.QuorumMissing: _CONFLICT,
    facts.FactRefused: _WRONG,
    # ── Diagrams, tables, expressions
    bpmn.UnreadableDiagram: _WRONG,
    bpmn.UnreadableTable: _WRONG,
    bpmn.UnsupportedConstruct: _WRONG,
    bpmn.UnsafeExpression: _WRONG,
    bpmn.UnknownFact: _WRONG,
    bpmn.UnknownFunction: _WRONG,
    bpmn.ExpressionFailed: _CONFLICT,
    bpmn.NoRuleMatched: _CONFLICT,
    bpmn.RulesDisagree: _CONFLICT,
    bpmn.NotProvable: _WRONG,
    bpmn.InvalidProof: _WRONG,
    bpmn.ProofFailed: _WRONG,
    # ── The diagram at work
    runtime.UnfitBundle: _WRONG,
    version_errors.MigrationRunning: _CONFLICT,
    version_errors.LastVersion: _CONFLICT,
    runtime.MoveUnsafe: _CONFLICT,
    runtime.TaskNotOpen: _CONFLICT,
    runtime.WrongTaskKind: _CONFLICT,
    runtime.NoTicket: _CONFLICT,
    runtime.NoWayOut: _CONFLICT,
    runtime.EndlessLoop: _CONFLICT,
    runtime.BadCardinality: _CONFLICT,
    runtime.UnknownOperation: _CONFLICT,
    runtime.UnreadableState: _FAILED,
    runtime.InstanceSpoilt: _CONFLICT,
    # ── Commands
    commands.CaseClosed: _CONFLICT,
    commands.TaskClosed: _CONFLICT,
    commands.NotYours: _FORBIDDEN,
    commands.OneVoice: _FORBIDDEN,
    commands.Recused: _FORBIDDEN,
    commands.StaleForm: _CONFLICT,
    commands.GateClosed: _CONFLICT,
    commands.GuardClosed: _CONFLICT,
    commands.StepLocked: _CONFLICT,
    commands.ClockFixed: _CONFLICT,
    commands.ClockRunning: _CONFLICT,
    commands.MatterReserved: _FORBIDDEN,
    commands.OutcomeUnknown: _WRONG,
    commands.BadMoment: _WRONG,
    commands.DocumentNotDue: _CONFLICT,
    commands.SignatureRefused: _CONFLICT,
    commands.WaiverRefused: _CONFLICT,
    commands.NotAllowed: _FORBIDDEN,
    commands.UnknownAct: _WRONG,
    commands.BadDiagram: _WRONG,
    commands.ObjectMismatch: _CONFLICT,
    commands.UnreadableFile: _TYPE,
    commands.NotExtendable: _CONFLICT,
    commands.DelayRefused: _CONFLICT,
    commands.ExtendedAlready: _CONFLICT,
    commands.NotDeductible: _CONFLICT,
    commands.NotToldInWriting: _CONFLICT,
    commands.TimerPending: _CONFLICT,
    commands.TimesDisagree: _CONFLICT,
    commands.OfficerNotCovered: _CONFLICT,
    commands.OneAtATime: _CONFLICT,
    commands.NotReturnable: _CONFLICT,
    commands.NextHasActed: _CONFLICT,
    commands.StillDelegated: _CONFLICT,
    commands.CosignersSilent: _CONFLICT,
    commands.StatutoryPanel: _FORBIDDEN,
    commands.OwnVoice: _FORBIDDEN,
    commands.SelfAppointment: _FORBIDDEN,
    # ── Rooms
    rooms.RoomTaken: _CONFLICT,
    rooms.RoomWithdrawn: _CONFLICT,
    rooms.RoomStillBooked: _CONFLICT,
    rooms.NoticeTooShort: _CONFLICT,
    rooms.NoApproverNamed: _CONFLICT,
    rooms.NotOfTheRoom: _FORBIDDEN,
    rooms.NotInRoom: _CONFLICT,
    # ── Forms
    elements.MalformedForm: _WRONG,
    numbering.MalformedNumber: _WRONG,
    # ── The web itself
    auth.SignInNeeded: _UNKNOWN,
    auth.PostNeeded: _FORBIDDEN,
    auth.WrongCredentials: _UNKNOWN,
    auth.AccountLocked: HTTPStatus.TOO_MANY_REQUESTS,
    auth.FormExpired: _FORBIDDEN,
    auth.WeakPassword: _WRONG,
    auth.LoginTaken: _CONFLICT,
    auth.AgencyTaken: _CONFLICT,
    web.BadRequest: HTTPStatus.BAD_REQUEST,
    web.PageNotFound: _MISSING,
    web.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    web.TooLarge: _LARGE,
    web.UnsupportedMediaType: _TYPE,
    web.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    web.CursorInvalid: _WRONG,
    web.Empty: _WRONG,
    web.NotThisMedium: _TYPE,
    web.Unavailable: _BAD_GATEWAY,
    web.NoSpace: HTTPStatus.INSUFFICIENT_STORAGE,
    web.Broken: _FAILED,
    web.DatabaseBusy: _BUSY,
    script.BadScenario: _WRONG,
}

"""What the facts of this app look like when they come in, through any door. Field names are the API's."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from accounts.credit_code import is_credit_code
from accounts.models.contact import BuyingRole, Stance
from accounts.models.contract import ContractKind, EndReason, Interval, Settlement
from accounts.models.custom_field import FieldKind, FieldSubject
from accounts.models.interaction import InteractionKind
from accounts.models.task import Priority
from workspaces.shapes import (
    Currency,
    Day,
    Email,
    ExternalId,
    Instant,
    MemberMail,
    Shape,
    exact,
    required_text,
    text,
    whole,
)


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


def _credit_code(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    code = value.strip().upper()
    if not is_credit_code(code):
        raise PydanticCustomError("credit_code", "")
    return code


def choice(enum):
    """One of an enumeration's values, or nothing."""
    return Annotated[Literal[tuple(enum.values)] | None, BeforeValidator(_empty_is_none)]


# What people put between tags cannot stand in one.
TAG_SEPARATORS = ",，;；、|\n"


def _tag(value: Any) -> Any:
    if isinstance(value, str) and any(separator in value for separator in TAG_SEPARATORS):
        raise PydanticCustomError("tag", "")
    return value


Tag = Annotated[required_text(50), BeforeValidator(_tag)]


class AccountShape(Shape):
    external_id: ExternalId = None
    name: required_text(200)
    legal_name: text(200) | None = None
    short_name: text(100) | None = None
    former_names: Annotated[list[required_text(200)], Field(max_length=50)] | None = None
    credit_code: Annotated[text(18) | None, BeforeValidator(_credit_code)] = None
    industry: text(100) | None = None
    region: text(100) | None = None
    employees: whole(ge=0, le=100_000_000) | None = None
    channel: text(100) | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    custom: Annotated[dict[str, Any], Field(max_length=200)] | None = None
    website: text(200) | None = None
    note: text(20_000) | None = None
    owner: MemberMail | None = None
    parent: ExternalId = None
    parent_id: UUID | None = None
    is_archived: bool | None = False


class ContactShape(Shape):
    external_id: ExternalId = None
    account: ExternalId = None
    account_id: UUID | None = None
    name: required_text(100)
    title: text(100) | None = None
    roles: Annotated[list[Literal[tuple(BuyingRole.values)]], Field(max_length=10)] | None = None
    stance: choice(Stance) = Stance.UNKNOWN.value
    mobile: text(30) | None = None
    wechat: text(60) | None = None
    email: Email | None = None
    note: text(20_000) | None = None


class ProductShape(Shape):
    external_id: ExternalId = None
    name: required_text(100)
    code: text(50) | None = None
    description: text(500) | None = None


class LineShape(Shape):
    product: required_text(100)
    quantity: exact(digits=14, places=4, ge=0, le=1_000_000_000) = 1
    unit_amount: exact(digits=18, places=6, ge=0, le=100_000_000_000)
    interval: choice(Interval) = None
    interval_months: whole(ge=1, le=1200) | None = None
    discount_percent: exact(digits=9, places=6, ge=0, le=100) | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class ContractShape(Shape):
    external_id: ExternalId = None
    account: ExternalId = None
    account_id: UUID | None = None
    number: text(100) | None = None
    kind: choice(ContractKind) = ContractKind.SUBSCRIPTION.value
    currency: Currency
    signed_on: Day | None = None
    starts_on: Day
    ends_on: Day | None = None
    auto_renew: bool | None = False
    cancelled_on: Day | None = None
    renews: ExternalId = None
    renews_id: UUID | None = None
    tax_included: bool | None = False
    tax_rate_percent: exact(digits=6, places=3, ge=0, le=100) | None = None
    settlement: choice(Settlement) = None
    end_reason: choice(EndReason) = None
    note: text(20_000) | None = None
    lines: Annotated[list[LineShape], Field(max_length=500)] | None = None


class InteractionShape(Shape):
    external_id: ExternalId = None
    account: ExternalId = None
    account_id: UUID | None = None
    kind: Literal[tuple(InteractionKind.values)]
    happened_on: Day | None = None
    happened_at: Instant | None = None
    contacts: Annotated[list[required_text(100)], Field(max_length=50)] | None = None
    participants: text(500) | None = None
    subject: text(200) | None = None
    stage: text(60) | None = None
    need: text(5_000) | None = None
    minutes: text(50_000) | None = None
    feedback: text(5_000) | None = None
    next_step: text(500) | None = None
    next_step_on: Day | None = None
    author: MemberMail | None = None


class TaskShape(Shape):
    external_id: ExternalId = None
    account: ExternalId = None
    account_id: UUID | None = None
    title: required_text(200)
    note: text(20_000) | None = None
    due_on: Day | None = None
    priority: choice(Priority) = Priority.NORMAL.value
    assignee: MemberMail | None = None
    done_at: Instant | None = None


class FxRateShape(Shape):
    external_id: ExternalId = None
    currency: Currency
    date: Day
    rate: exact(digits=18, places=8, gt=0, le=1_000_000)


class CustomFieldShape(Shape):
    external_id: ExternalId = None
    subject: choice(FieldSubject) = FieldSubject.ACCOUNT.value
    key: text(40) | None = None
    name: required_text(100)
    kind: Literal[tuple(FieldKind.values)]
    choices: Annotated[list[required_text(100)], Field(max_length=200)] | None = None
    position: whole(ge=0, le=10_000) | None = None


class SavedFilterShape(Shape):
    external_id: ExternalId = None
    name: required_text(100)
    # {dimension: values}; `accounts.conditions` reads them.
    conditions: Annotated[
        dict[str, Annotated[list[text(500)], Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=50)
    ]

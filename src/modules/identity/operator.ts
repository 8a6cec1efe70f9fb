import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { identityProblem } from './errors';

/** The one line of business an operator is licensed for. A second line is a second operator. */
export const OPERATOR_LINES = ['equity', 'lending', 'reward', 'donation'] as const;
export type OperatorLine = (typeof OPERATOR_LINES)[number];

export const OPERATOR_STATUSES = ['sandbox', 'live', 'suspended', 'winding-down'] as const;
export type OperatorStatus = (typeof OPERATOR_STATUSES)[number];

/** Numbers by which a company is known: 统一社会信用代码, ISO 17442, Employer Identification Number. */
export const OPERATOR_IDENTITY_KINDS = ['cn-uscc', 'lei', 'us-ein'] as const;
export type OperatorIdentityKind = (typeof OPERATOR_IDENTITY_KINDS)[number];

export interface Licence {
  readonly number: string;
  readonly authority: string;
  readonly validFrom: CalendarDate;
  /** The first day it no longer holds; absent when it has no end. */
  readonly validTo?: CalendarDate | undefined;
}

/** The bank or payment institution that keeps the clients' money. */
export interface Custodian {
  readonly name: string;
  readonly accountReference: string;
}

/** A fee is stated to a ten-thousandth of a percent at most. */
export const FEE_RATE_DIGITS = 6;

/** What the operator charges an issuer when an offering settles. */
export interface FeeTerms {
  /** Fraction of the amount raised: `0.05` is five percent. */
  readonly successFeeRate: Rate;
  readonly minimumFee?: Money | undefined;
}

/** The platform enterprise that runs offerings, under its own licence and rulebook. */
export interface Operator {
  readonly id: number;
  /** What people type to say which operator they mean: `lanzhou-equity`. */
  readonly code: string;
  readonly legalName: string;
  readonly line: OperatorLine;
  /** ISO 3166-1 alpha-2. */
  readonly jurisdiction: string;
  readonly rulebookId: string;
  readonly identityKind: OperatorIdentityKind;
  readonly identityNumber: string;
  readonly licence?: Licence | undefined;
  readonly custodian?: Custodian | undefined;
  readonly homeCurrency: Currency;
  /** IANA name; days of deadlines begin and end there. */
  readonly timeZone: string;
  /** Id of a working-day calendar in `compliance/calendars`. */
  readonly calendar: string;
  readonly status: OperatorStatus;
  readonly feeTerms: FeeTerms;
  readonly createdAt: Date;
}

/** Where an operator may go from each status. Winding down is final. */
const NEXT: Record<OperatorStatus, readonly OperatorStatus[]> = {
  sandbox: ['live'],
  live: ['suspended', 'winding-down'],
  suspended: ['live', 'winding-down'],
  'winding-down': [],
};

/** @throws Problem `identity.operator-status`. */
export function withStatus(operator: Operator, status: OperatorStatus): Operator {
  if (!NEXT[operator.status].includes(status)) {
    throw identityProblem('operator-status', {
      detail: `An operator that is ${operator.status} cannot become ${status}.`,
    });
  }
  return { ...operator, status };
}

/** A condition that is not met, for people (`message`) and for programs (`code`). */
export interface Blocker {
  readonly code: string;
  readonly message: string;
}

export interface GoLiveFacts {
  readonly on: CalendarDate;
  /** Why the rulebook itself may not be used with live money; empty when it may. */
  readonly rulebookBlockers: readonly string[];
}

/** Every reason why the operator may not take live money yet; none when it may. */
export function goLiveBlockers(operator: Operator, facts: GoLiveFacts): readonly Blocker[] {
  const { licence, custodian } = operator;
  const blockers: Blocker[] = facts.rulebookBlockers.map((message) => ({
    code: 'rulebook-unverified',
    message,
  }));
  if (!licence) {
    blockers.push({ code: 'licence-missing', message: 'The licence is not recorded.' });
  } else if (facts.on < licence.validFrom) {
    blockers.push({
      code: 'licence-not-begun',
      message: `The licence begins on ${licence.validFrom}.`,
    });
  } else if (licence.validTo !== undefined && facts.on >= licence.validTo) {
    blockers.push({ code: 'licence-ended', message: `The licence ended on ${licence.validTo}.` });
  }
  if (!custodian) {
    blockers.push({ code: 'custodian-missing', message: 'No custodian is recorded.' });
  }
  return blockers;
}

/** @throws Problem `identity.operator-closed-to-newcomers` while suspended or winding down. */
export function requireOpenToNewcomers(operator: Operator): void {
  if (operator.status === 'live' || operator.status === 'sandbox') return;
  throw identityProblem('operator-closed-to-newcomers', {
    detail: `${operator.code} is ${operator.status}.`,
  });
}

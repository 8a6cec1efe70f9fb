import type { CalendarDate } from '../../kernel/calendar-date';

/** The numbers by which people and organisations are known to states, markets and banks. */
export type IdentityNumberKind =
  | 'cn-uscc'
  | 'cn-resident-id'
  | 'lei'
  | 'iban'
  | 'us-ssn'
  | 'us-ein'
  | 'us-cik'
  | 'passport'
  | 'eu-national-id';

/** What is wrong (or only unusual) about a number. Codes are public API and never renamed. */
export interface NumberRemark {
  readonly code: NumberRemarkCode;
  readonly message: string;
}

export type NumberRemarkCode =
  | 'wrong-length'
  | 'wrong-character'
  | 'wrong-shape'
  | 'wrong-check-character'
  | 'superseded-format'
  | 'no-such-date'
  | 'future-birth-date'
  | 'implausible-birth-date'
  | 'unknown-country'
  | 'never-issued'
  | 'wrong-organisation-code'
  | 'unknown-prefix';

/** What a number says about its bearer. Which parts there are depends on the kind. */
export interface NumberParts {
  /** Administrative division (GB/T 2260) as at the time of issue. */
  readonly division?: string;
  readonly birthDate?: CalendarDate;
  readonly sex?: 'female' | 'male';
  /** Registration department and category of an organisation: `91` is an enterprise. */
  readonly registration?: string;
  /** The organisation code (GB 11714) inside a USCC: `60003734-1`. */
  readonly organisationCode?: string;
  /** ISO 3166 code of the country, of an IBAN. */
  readonly country?: string;
}

/** What a check of one kind found; `checkIdentityNumber` completes it. */
export interface NumberFindings {
  readonly problems: readonly NumberRemark[];
  readonly warnings?: readonly NumberRemark[];
  readonly parts?: NumberParts;
}

export function remark(code: NumberRemarkCode, message: string): NumberRemark {
  return { code, message };
}

/** The findings when a number is wrong in one way and nothing more can be said of it. */
export function wrong(code: NumberRemarkCode, message: string): NumberFindings {
  return { problems: [remark(code, message)] };
}

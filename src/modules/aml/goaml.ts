import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { xmlElement, type XmlElement } from '../../platform/xml';
import type { Alert, AlertEntry } from './alert';
import type { GoamlCodes } from './policy';

/** Whom the report is about, as the officer writes it: goAML takes Latin letters only. */
export type ReportedSubject =
  | {
      readonly kind: 'person';
      readonly firstName: string;
      readonly lastName: string;
      readonly gender?: 'F' | 'M' | undefined;
      readonly bornOn?: CalendarDate | undefined;
      readonly idNumber?: string | undefined;
      readonly nationality?: string | undefined;
      readonly residence?: string | undefined;
    }
  | {
      readonly kind: 'entity';
      readonly name: string;
      readonly registrationNumber?: string | undefined;
      readonly country?: string | undefined;
    };

/** What the officer adds to what was found. */
export interface ReportRequest {
  /** Number under which the authority knows the operator. */
  readonly entityId: number;
  readonly branch?: string | undefined;
  /** The officer's own code at the authority. */
  readonly userCode: string;
  /** Of the country's list: `STR`. */
  readonly reportCode: string;
  readonly reason: string;
  readonly action: string;
  readonly localCurrency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly subject: ReportedSubject;
}

export interface ReportFacts {
  readonly request: ReportRequest;
  /** Our own number of the report. */
  readonly reference: string;
  readonly operatorName: string;
  readonly alerts: readonly Alert[];
  readonly codes: GoamlCodes;
  readonly at: Date;
}

/**
 * A report to a financial intelligence unit in goAML: its transactions where money moved, the
 * activity otherwise. Source: goAML schema 5.0.2, UNODC; codes by country, from the policy.
 */
export function goamlReport(facts: ReportFacts): XmlElement {
  const { request, codes, alerts } = facts;
  const moved = movementsOf(facts);
  // What was found under another policy may be of a kind that this one has no code for.
  const codesOf = alerts.flatMap(({ rule }) => codes.indicators[rule.kind] ?? []);
  const indicators = [...new Set(codesOf)];
  return xmlElement('report', [
    xmlElement('schema_version', codes.schemaVersion),
    xmlElement('rentity_id', String(request.entityId)),
    optional('rentity_branch', request.branch),
    xmlElement('submission_code', 'E'),
    xmlElement('report_code', request.reportCode),
    xmlElement('entity_reference', facts.reference),
    xmlElement('submission_date', instant(facts.at)),
    xmlElement('currency_code_local', request.localCurrency),
    xmlElement('reporting_user_code', request.userCode),
    xmlElement('reason', request.reason),
    xmlElement('action', request.action),
    ...(moved.length > 0
      ? moved.map((entry) => transaction(entry, facts))
      : [xmlElement('activity', [xmlElement('report_parties', [reportParty(request)])])]),
    xmlElement(
      'report_indicators',
      indicators.map((code) => xmlElement('indicator', code)),
    ),
  ]);
}

/** Every movement once, however many rules it came up under; other money takes a report of its own. */
function movementsOf({ alerts, request }: ReportFacts): readonly AlertEntry[] {
  const entries = alerts.flatMap((alert) => alert.entries);
  const moved = entries.filter(
    ({ kind, amount }) =>
      (kind === 'deposit' || kind === 'withdrawal') && amount?.currency === request.localCurrency,
  );
  return [...new Map(moved.map((entry) => [entry.id, entry])).values()].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

function transaction(entry: AlertEntry, facts: ReportFacts): XmlElement {
  const { codes, request, reference, operatorName } = facts;
  const isIn = entry.kind === 'deposit';
  return xmlElement('transaction', [
    xmlElement('transactionnumber', entry.id),
    xmlElement('internal_ref_number', reference),
    xmlElement('transaction_location', operatorName),
    xmlElement(
      'transaction_description',
      isIn ? 'Paid in to the client account by bank transfer' : 'Paid out to a bank account',
    ),
    xmlElement('date_transaction', instant(entry.at)),
    xmlElement('transmode_code', codes.transactionMode),
    xmlElement('transmode_comment', 'E'),
    xmlElement('amount_local', entry.amount?.toDecimalString() ?? '0.00'),
    xmlElement('involved_parties', [
      xmlElement('party', [
        xmlElement('role', isIn ? codes.roles.deposit : codes.roles.withdrawal),
        subjectElement(request.subject),
        xmlElement('country', request.country),
        xmlElement('is_suspected', 'true'),
      ]),
    ]),
  ]);
}

function reportParty({ subject, country, reason }: ReportRequest): XmlElement {
  return xmlElement('report_party', [
    subjectElement(subject),
    xmlElement('country', country),
    xmlElement('is_suspected', 'true'),
    xmlElement('reason', reason),
  ]);
}

function subjectElement(subject: ReportedSubject): XmlElement {
  if (subject.kind === 'entity') {
    return xmlElement('entity', [
      xmlElement('name', subject.name),
      optional('incorporation_number', subject.registrationNumber),
      optional('incorporation_country_code', subject.country),
    ]);
  }
  return xmlElement('person', [
    optional('gender', subject.gender),
    xmlElement('first_name', subject.firstName),
    xmlElement('last_name', subject.lastName),
    optional('birthdate', subject.bornOn && `${subject.bornOn}T00:00:00`),
    optional('id_number', subject.idNumber),
    optional('nationality1', subject.nationality),
    optional('residence', subject.residence),
  ]);
}

function optional(name: string, text: string | undefined): XmlElement | undefined {
  return text === undefined ? undefined : xmlElement(name, text);
}

/** goAML takes an instant without a zone: it is that of UTC, to the second. */
function instant(at: Date): string {
  return `${dateIn('UTC', at)}T${at.toISOString().slice(11, 19)}`;
}

import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  idInput,
  idView,
  instantView,
  lineInput,
  moneyView,
  pageQuery,
  pageQueryWith,
  textInput,
} from '../../platform/http';
import type { Alert, AlertSubject } from './alert';
import { CASE_STATUSES, OUTCOMES, STEPS, type AmlCase } from './case';
import { RULE_KINDS } from './policy';
import type { CaseFile } from './service';

const country = z.string().regex(/^[A-Z]{2}$/, 'It is two capital letters: ISO 3166-1.');
const latin = z.string().regex(/^[a-zA-Z0-9 .'-]{1,100}$/, 'goAML takes Latin letters only.');

export const caseParams = z.strictObject({ id: idInput('amc') });
export const reportParams = z.strictObject({ id: idInput('amc'), reportId: idInput('amr') });
export const alertsQuery = pageQuery;
export const casesQuery = pageQueryWith({ status: z.enum(CASE_STATUSES).optional() });

export const noteBody = z.strictObject({ note: textInput(5000) });
export const proposalBody = z.strictObject({
  outcome: z.enum(OUTCOMES),
  reason: textInput(5000),
});
export const decisionBody = z.strictObject({ isApproved: z.boolean(), reason: textInput(5000) });

const subjectBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    firstName: latin,
    lastName: latin,
    gender: z.enum(['F', 'M']).optional(),
    bornOn: dateInput.optional(),
    idNumber: lineInput(25).optional(),
    nationality: country.optional(),
    residence: country.optional(),
  }),
  z.strictObject({
    kind: z.literal('entity'),
    name: lineInput(255),
    registrationNumber: lineInput(50).optional(),
    country: country.optional(),
  }),
]);

export const reportBody = z.strictObject({
  entityId: z.int().min(1).meta({ description: 'The operator’s number at the authority.' }),
  branch: lineInput(255).optional(),
  userCode: z.string().min(4).max(50).meta({ description: 'The officer’s code there.' }),
  reportCode: z.string().regex(/^[A-Z]{2,10}$/),
  reason: textInput(4000),
  action: textInput(4000),
  localCurrency: z.enum(CURRENCIES),
  country,
  subject: subjectBody,
});

const subjectView = z.object({ kind: z.enum(['investor', 'issuer']), id: z.string() });

export const alertView = z.object({
  id: idView('alt'),
  caseId: idView('amc'),
  subject: subjectView,
  rule: z.object({
    id: z.string(),
    kind: z.enum(RULE_KINDS),
    title: z.object({ en: z.string(), zh: z.string() }),
    citation: z.string(),
  }),
  policy: z.object({ id: z.string(), version: z.int() }),
  values: z.record(z.string(), z.string()),
  entries: z
    .array(
      z.object({
        kind: z.string(),
        id: z.string(),
        at: instantView,
        amount: moneyView.optional(),
        entryNo: z.string().optional(),
      }),
    )
    .readonly(),
  from: instantView,
  to: instantView,
  raisedAt: instantView,
});

export const caseView = z.object({
  id: idView('amc'),
  subject: subjectView,
  status: z.enum(CASE_STATUSES),
  openedAt: instantView,
  officer: z.string().optional(),
  proposal: z.object({ outcome: z.enum(OUTCOMES), by: z.string() }).optional(),
  closedAt: instantView.optional(),
});

const reportView = z.object({
  id: idView('amr'),
  code: z.string(),
  sha256: z.string(),
  isValidated: z.boolean(),
  madeBy: z.string(),
  madeAt: instantView,
});

export const caseFileView = caseView.extend({
  subjectName: z.string(),
  alerts: z.array(alertView).readonly(),
  steps: z
    .array(
      z.object({
        no: z.int(),
        step: z.enum(STEPS),
        by: z.string(),
        at: instantView,
        note: z.string().optional(),
      }),
    )
    .readonly(),
  reports: z.array(reportView).readonly(),
});

export function asAlert({ subject, entries, ...alert }: Alert): z.input<typeof alertView> {
  return {
    ...alert,
    subject: asSubject(subject),
    entries: entries.map(({ entryNo, ...entry }) => ({ ...entry, entryNo: entryNo?.toString() })),
  };
}

export function asCase({ subject, ...found }: AmlCase): z.input<typeof caseView> {
  return { ...found, subject: asSubject(subject) };
}

export function asCaseFile(file: CaseFile): z.input<typeof caseFileView> {
  return {
    ...asCase(file.found),
    subjectName: file.subjectName,
    alerts: file.alerts.map(asAlert),
    steps: file.steps,
    reports: file.reports.map(({ caseId: _, ...report }) => report),
  };
}

function asSubject({ kind, id }: AlertSubject) {
  return { kind, id };
}

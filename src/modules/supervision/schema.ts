import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  pageQuery,
  textInput,
} from '../../platform/http';
import { OPERATOR_LINES, OPERATOR_STATUSES, operatorCodeInput, type Operator } from '../identity';
import {
  asReport,
  asRun,
  figureParams as reportFigureParams,
  fileParams as reportFileParams,
  reportView,
  runView,
  type FileEntry,
  type RunEvent,
} from '../reporting';
import { FILING_STATES } from './answer';
import type { KeptAnswer } from './answer.store';
import type { Filing } from './filing.service';
import type { KeptLook } from './reading.store';

const code = { code: operatorCodeInput };
export const operatorParams = z.strictObject(code);
export const reportParams = z.strictObject({ ...code, id: idInput('rpt') });
export const fileParams = reportFileParams.extend(code);
export const figureParams = reportFigureParams.extend(code);

export const operatorsQuery = pageQuery;

/** The number of a row that is counted. */
export const countInput = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, { error: 'This is not such a number.' })
  .transform(BigInt);

/** A page of rows that are counted, the latest first. */
export const countedQuery = pageQuery.extend({ after: countInput.optional() });

export const questionBody = z.strictObject({
  reason: textInput(2000),
  dueOn: dateInput.meta({ description: 'By when the operator is to answer or restate.' }),
});

export const operatorView = z.object({
  code: z.string(),
  legalName: z.string(),
  line: z.enum(OPERATOR_LINES),
  jurisdiction: z.string(),
  rulebook: z.string(),
  status: z.enum(OPERATOR_STATUSES),
  licence: z.object({ number: z.string(), authority: z.string() }).optional(),
});

const filingState = z.enum(FILING_STATES).meta({
  description: 'Where the report stands with the authority that asks.',
});
export const filingView = runView.extend({ filing: filingState });
export const filedReportView = reportView.extend({ filing: filingState });

export const lookView = z.object({
  readNo: z.string(),
  operator: z.string().optional(),
  userId: idView('usr'),
  authorityId: idView('aut').optional(),
  what: z.string(),
  subject: z.string(),
  outcome: z.string().meta({ description: '`shown`, or the code of the refusal.' }),
  at: instantView,
});

export const answerView = z.object({
  answerNo: z.string(),
  report: idView('rpt'),
  authorityId: idView('aut'),
  userId: idView('usr'),
  kind: z.string(),
  file: z.string().optional(),
  sha256: z.string().optional(),
  reason: z.string().optional(),
  dueOn: dateView.optional(),
  answeredAt: instantView,
});

export function asOperator(operator: Operator): z.input<typeof operatorView> {
  const {
    code: operatorCode,
    legalName,
    line,
    jurisdiction,
    rulebookId,
    status,
    licence,
  } = operator;
  return {
    code: operatorCode,
    legalName,
    line,
    jurisdiction,
    rulebook: rulebookId,
    status,
    licence: licence && { number: licence.number, authority: licence.authority },
  };
}

export function asFiling({ run, state }: Filing): z.input<typeof filingView> {
  return { ...asRun(run), filing: state };
}

export function asFiledReport(of: {
  readonly filing: Filing;
  readonly files: readonly FileEntry[];
  readonly history: readonly RunEvent[];
}): z.input<typeof filedReportView> {
  const { filing, files, history } = of;
  return { ...asReport({ run: filing.run, files, history }), filing: filing.state };
}

export function asLook(
  look: KeptLook,
  codeOf: (operatorId: number) => string | undefined,
): z.input<typeof lookView> {
  const { readNo, operatorId, userId, authorityId, what, subject, outcome, at } = look;
  return {
    readNo: readNo.toString(),
    operator: codeOf(operatorId),
    userId,
    authorityId,
    what,
    subject,
    outcome,
    at,
  };
}

export function asAnswer(answer: KeptAnswer): z.input<typeof answerView> {
  const { answerNo, runId, ...rest } = answer;
  return { ...rest, answerNo: answerNo.toString(), report: runId };
}

import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  dateView,
  idInput,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  signedMoneyInput,
} from '../../platform/http';
import type { ChecklistLine } from './due-diligence';
import { ASSURANCES, type FinancialYear } from './financials';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' });

export const itemParams = z.strictObject({
  id: idInput('iss'),
  item: z.string().regex(/^[a-z][a-z-]{1,40}$/),
});
export const settleItemBody = z.strictObject({
  outcome: z.enum(['satisfied', 'failed']),
  evidenceSha256: sha256.optional(),
  note: lineInput(1000).optional(),
});

export const checklistView = z.object({
  isComplete: z.boolean(),
  items: z
    .array(
      z.object({
        item: z.string(),
        state: z.enum(['open', 'satisfied', 'failed']),
        evidenceSha256: z.string().optional(),
        note: z.string().optional(),
        settledBy: z.string().optional(),
        settledAt: instantView.optional(),
      }),
    )
    .readonly(),
});

export function asChecklist(lines: readonly ChecklistLine[]): z.input<typeof checklistView> {
  return {
    isComplete: lines.every(({ state }) => state === 'satisfied'),
    items: lines.map(({ item, state, latest }) => ({
      item,
      state,
      evidenceSha256: latest?.evidenceSha256,
      note: latest?.note,
      settledBy: latest?.settledBy,
      settledAt: latest?.settledAt,
    })),
  };
}

export const yearParams = z.strictObject({ id: idInput('iss'), fiscalYearEndsOn: dateInput });

export const yearBody = z.strictObject({
  currency: z.enum(CURRENCIES),
  assurance: z.enum(ASSURANCES),
  employees: z.int().min(0).max(10_000_000).optional(),
  figures: z.strictObject({
    totalAssets: moneyInput.optional(),
    cash: moneyInput.optional(),
    receivables: moneyInput.optional(),
    shortTermDebt: moneyInput.optional(),
    longTermDebt: moneyInput.optional(),
    revenue: signedMoneyInput.optional(),
    costOfGoods: signedMoneyInput.optional(),
    taxesPaid: signedMoneyInput.optional(),
    netIncome: signedMoneyInput.optional(),
  }),
});

/** The figures of a year, as they stand on the wire. */
export type YearRequest = z.input<typeof yearBody>;

const figuresView = z.object({
  totalAssets: moneyView.optional(),
  cash: moneyView.optional(),
  receivables: moneyView.optional(),
  shortTermDebt: moneyView.optional(),
  longTermDebt: moneyView.optional(),
  revenue: moneyView.optional(),
  costOfGoods: moneyView.optional(),
  taxesPaid: moneyView.optional(),
  netIncome: moneyView.optional(),
});

export const yearView = z.object({
  fiscalYearEndsOn: dateView,
  currency: z.enum(CURRENCIES),
  assurance: z.enum(ASSURANCES),
  employees: z.int().optional(),
  figures: figuresView,
  recordedAt: instantView,
  verifiedAt: instantView.optional(),
});
export const yearsView = z.object({ items: z.array(yearView).readonly() });

export function asYear(year: FinancialYear): z.input<typeof yearView> {
  const { fiscalYearEndsOn, currency, assurance, employees, figures } = year;
  const { recordedAt, verifiedAt } = year;
  return { fiscalYearEndsOn, currency, assurance, employees, figures, recordedAt, verifiedAt };
}

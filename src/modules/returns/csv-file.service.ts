import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import { csvLine } from '../../platform/csv';
import type { CashBalance } from './cash';
import type { Figure } from './figure';
import type { FileForm } from './file-form';
import { FORMULAS, keyOf } from './formula';
import { EXPORT_FORMAT } from './json-file';
import { FIGURE_DIGITS } from './quotient';
import type { Part, Reckoning } from './reckoning';
import type { ReturnsRequest } from './request';
import { cashOf, type Outcome, type Stake } from './stake';
import { vintageOf } from './tally';

/** One table for everything: `record` says what a row is, and cells that do not apply are empty. */
const COLUMNS = [
  'record',
  'name',
  'loanId',
  'noteNo',
  'grade',
  'termMonths',
  'vintage',
  'on',
  'recordedAt',
  'ref',
  'principal',
  'price',
  'interest',
  'late',
  'fees',
  'cash',
  'principalLeft',
  'carrying',
  'disbursedOn',
  'startsOn',
  'refundedOn',
  'defaultedOn',
  'isInDefault',
  'writtenOffOn',
  'group',
  'value',
  'reason',
  'numerator',
  'denominator',
] as const;

type Row = { readonly [Name in (typeof COLUMNS)[number]]?: string | undefined };
type MoneyText = (minor: bigint) => string;

/** A table for spreadsheets, with the same facts and figures as the JSON document. */
export function csvFile({ currency }: ReturnsRequest): FileForm {
  const money: MoneyText = (minor) => Money.ofMinor(minor, currency).toDecimalString();
  return {
    head: (request) => csvLine(COLUMNS) + headOf(request).map(line).join(''),
    stake: (stake, outcome) => rowsOf(stake, outcome, money).map(line).join(''),
    cash: (balance: CashBalance) =>
      line({ record: 'cash-balance', on: balance.on, cash: money(balance.balance) }),
    results: ({ whole, groups }: Reckoning) =>
      [whole, ...groups].flatMap(figureRows).map(line).join(''),
    seal: (sha256) => line({ record: 'sha256', value: sha256 }),
  };
}

function line(row: Row): string {
  return csvLine(COLUMNS.map((name) => row[name]));
}

function headOf(request: ReturnsRequest): readonly Row[] {
  const { whose, by, currency, asOf, knownAt, timeZone, seenOn } = request;
  const said = {
    format: EXPORT_FORMAT,
    whose: whose.kind === 'book' ? 'book' : whose.investorId,
    by,
    currency,
    asOf,
    knownAt: knownAt.toISOString(),
    timeZone,
    seenOn,
  };
  return [
    ...Object.entries(said).map(([name, value]) => ({ record: 'head', name, value })),
    ...FORMULAS.map((formula) => ({
      record: 'formula',
      name: keyOf(formula),
      value: formula.definition.en,
      reason: formula.undefined.en,
    })),
  ];
}

function rowsOf(stake: Stake, { balances }: Outcome, money: MoneyText): readonly Row[] {
  const own = { loanId: stake.loanId, noteNo: stake.noteNo?.toString() };
  return [
    {
      record: 'stake',
      ...own,
      grade: stake.grade,
      termMonths: String(stake.termMonths),
      vintage: vintageOf(stake),
      on: stake.paidOn,
      principal: money(stake.principal),
      price: money(-stake.paid),
      interest: money(-stake.accruedPaid),
      cash: money(-stake.paid - stake.accruedPaid),
      disbursedOn: stake.disbursedOn,
      startsOn: stake.startsOn,
      refundedOn: stake.refundedOn,
      defaultedOn: stake.defaultedOn,
      isInDefault: String(stake.isInDefault),
      writtenOffOn: stake.writtenOffOn,
    },
    ...stake.events.slice(0, balances.length).map((event, at) => ({
      record: 'event',
      name: event.kind,
      ...own,
      on: event.on,
      recordedAt: event.recordedAt.toISOString(),
      ref: event.ref,
      principal: money(event.principal),
      price: money(event.price),
      interest: money(event.interest),
      late: money(event.late),
      fees: money(event.fees),
      cash: money(cashOf(event)),
      principalLeft: money(balances[at]?.principal ?? 0n),
      carrying: money(balances[at]?.carrying ?? 0n),
    })),
  ];
}

function figureRows({ group, figures }: Part): readonly Row[] {
  return figures.map(({ formula, value, reason, numerator, denominator }: Figure) => ({
    record: 'figure',
    name: formula,
    group,
    value: value && rateText(value, FIGURE_DIGITS),
    reason,
    numerator: numerator?.toString(),
    denominator: denominator?.toString(),
  }));
}

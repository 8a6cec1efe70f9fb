import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Figure } from './figure';
import { FORMULAS, keyOf, TERMS } from './formula';
import { FIGURE_DIGITS } from './quotient';
import type { Part } from './reckoning';
import type { FileForm } from './file-form';
import type { ReturnsRequest } from './request';
import type { Outcome, Stake, StakeEvent } from './stake';
import { vintageOf } from './tally';

/** The name and version of the file's form. */
export const EXPORT_FORMAT = 'yunchou-returns/1';

/**
 * A JSON document, one stake or balance a line:
 * `{"head":{...},"stakes":[...],"cash":[...],"results":{...},"sha256":"..."}`.
 */
export function jsonFile({ currency }: ReturnsRequest): FileForm {
  const stakes = new Lines();
  const cash = new Lines();
  const money = (minor: bigint): string => Money.ofMinor(minor, currency).toDecimalString();
  return {
    head: (request) => `{"head":${canonicalJson(headOf(request))}\n,"stakes":[`,
    stake: (stake, outcome) => stakes.next(stakeJson(stake, outcome, money)),
    cash: ({ on, balance }) =>
      `${cash.isEmpty ? '\n],"cash":[' : ''}${cash.next({ on, balance: money(balance) })}`,
    results: ({ whole, groups }) => {
      const results = {
        whole: partJson(whole, currency),
        groups: groups.map((group) => partJson(group, currency)),
      };
      return `${cash.isEmpty ? '\n],"cash":[' : ''}\n],"results":${canonicalJson(results)}\n`;
    },
    seal: (sha256) => `,"sha256":"${sha256}"}\n`,
  };
}

/** Members of a list, each on a line of its own. */
class Lines {
  isEmpty = true;

  next(value: Json): string {
    const comma = this.isEmpty ? '' : ',';
    this.isEmpty = false;
    return `\n${comma}${canonicalJson(value)}`;
  }
}

function headOf({ whose, by, currency, asOf, knownAt, timeZone, seenOn }: ReturnsRequest): Json {
  return {
    format: EXPORT_FORMAT,
    whose: { ...whose },
    by,
    currency,
    asOf,
    knownAt: knownAt.toISOString(),
    timeZone,
    seenOn,
    terms: TERMS.map((text) => ({ ...text })),
    formulas: FORMULAS.map((formula) => ({
      key: keyOf(formula),
      title: { ...formula.title },
      definition: { ...formula.definition },
      rounding: { ...formula.rounding },
      undefined: { ...formula.undefined },
      source: { ...formula.source },
    })),
  };
}

type MoneyText = (minor: bigint) => string;

function stakeJson(stake: Stake, { balances }: Outcome, money: MoneyText): Json {
  return {
    loanId: stake.loanId,
    noteNo: stake.noteNo,
    grade: stake.grade,
    termMonths: stake.termMonths,
    vintage: vintageOf(stake),
    paidOn: stake.paidOn,
    paid: money(stake.paid),
    accruedPaid: money(stake.accruedPaid),
    disbursedOn: stake.disbursedOn,
    startsOn: stake.startsOn,
    principal: money(stake.principal),
    refundedOn: stake.refundedOn,
    defaultedOn: stake.defaultedOn,
    isInDefault: stake.isInDefault,
    writtenOffOn: stake.writtenOffOn,
    // Events after the as-of day have no balance, and are no part of the figures.
    events: stake.events.slice(0, balances.length).map((event, at) => ({
      ...eventJson(event, money),
      principalLeft: money(balances[at]?.principal ?? 0n),
      carrying: money(balances[at]?.carrying ?? 0n),
    })),
  };
}

function eventJson(event: StakeEvent, money: MoneyText) {
  return {
    kind: event.kind,
    ref: event.ref,
    on: event.on,
    recordedAt: event.recordedAt.toISOString(),
    principal: money(event.principal),
    price: money(event.price),
    interest: money(event.interest),
    late: money(event.late),
    fees: money(event.fees),
  };
}

function partJson({ group, stakes, loans, defaulted, amounts, figures }: Part, currency: Currency) {
  const { balanceDays, waitingDays, ...sums } = amounts;
  const money = Object.entries(sums).map(
    ([name, minor]) => [name, Money.ofMinor(minor, currency).toDecimalString()] as const,
  );
  return {
    group,
    stakes,
    loans,
    defaulted,
    amounts: Object.fromEntries(money),
    balanceDays: balanceDays.toString(),
    waitingDays: waitingDays.toString(),
    figures: figures.map(figureJson),
  };
}

function figureJson({ formula, value, reason, numerator, denominator }: Figure): Json {
  return {
    formula,
    // A figure without a value is null, never zero.
    value: value === undefined ? null : rateText(value, FIGURE_DIGITS),
    reason,
    numerator: numerator?.toString(),
    denominator: denominator?.toString(),
  };
}

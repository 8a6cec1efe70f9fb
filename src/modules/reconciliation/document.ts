import { must } from '../../kernel/assert';
import type { Json } from '../../kernel/canonical-json';
import type { Money } from '../../kernel/money';
import type { Operator } from '../identity';
import type { Difference, Reckoning, ReconciliationDay } from './day';
import type { KeptStatement } from './statement';

/** The reconciliation of a day as it is shown and signed: figures, and every reason they differ by. */
export function documentOf(
  { day, currency, version, reopenedBecause }: ReconciliationDay,
  of: {
    readonly statement: KeptStatement;
    readonly reckoning: Reckoning;
    readonly operator: Operator;
  },
): Json {
  const { statement, reckoning, operator } = of;
  const { bank, ledger, owed, explained, timing, surplus } = reckoning;
  return {
    operator: operator.code,
    day,
    currency,
    version,
    reopenedBecause,
    statement: {
      id: statement.id,
      account: statement.account,
      statementRef: statement.statementRef,
      sha256: statement.contentSha256,
    },
    bankBalance: json(bank),
    ledgerBalance: json(ledger),
    difference: json(bank.minus(ledger)),
    explained: json(explained),
    unexplained: json(bank.minus(ledger).minus(explained)),
    timing: json(timing),
    owedToClients: json(owed),
    surplus: json(surplus),
    isCovered: !surplus.isNegative,
    ageing: Object.entries(reckoning.ageing).map(([bucket, { count, amount }]) => ({
      bucket,
      count,
      amount: json(amount),
    })),
    differences: reckoning.differences.map(differenceJson),
  };
}

/** The document with who prepared and who signed it. */
export function signedDocument(
  { content, preparedBy, preparedAt }: ReconciliationDay,
  { signedBy, signedAt }: { readonly signedBy: string; readonly signedAt: Date },
): Json {
  const prepared = must(preparedAt, 'when the day was prepared');
  return {
    ...(content as { readonly [key: string]: Json }),
    preparedBy,
    preparedAt: prepared.toISOString(),
    signedBy,
    signedAt: signedAt.toISOString(),
  };
}

function differenceJson(each: Difference): Json {
  const { kind, amount, sinceOn, age, matchId, breakId, owner, note } = each;
  return {
    kind,
    amount: json(amount),
    sinceOn,
    ageDays: age.days,
    ageWorkingDays: age.workingDays,
    bucket: age.bucket,
    lineNo: each.lineNo?.toString(),
    accountSeq: each.accountSeq?.toString(),
    matchId,
    breakId,
    owner,
    note,
  };
}

function json(money: Money): Json {
  return { ...money.toWire() };
}

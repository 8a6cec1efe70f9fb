import { addDays, dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import { Money } from '../../kernel/money';
import type { OperatorDirectory } from '../identity';
import type { Custodian, StatementLine } from '../payments';
import { writeCamt } from './camt';
import { reconciliationProblem } from './errors';
import type { BankLine } from './statement';

/** The number of the sandbox account of an operator that names none. */
const SANDBOX_ACCOUNT = 'SANDBOX';

/**
 * What the sandbox bank would send of some days of the operator's account, in its home currency.
 *
 * @throws Problem `reconciliation.day-not-over`.
 */
export async function sandboxStatement(
  deps: {
    readonly sandbox: Custodian;
    readonly operators: OperatorDirectory;
    readonly clock: Clock;
  },
  operatorId: number,
  { from: fromOn, to: toOn }: { readonly from: CalendarDate; readonly to: CalendarDate },
): Promise<{ readonly xml: string; readonly name: string }> {
  const { custodian, homeCurrency: currency, timeZone } = deps.operators.get(operatorId);
  if (toOn >= dateIn(timeZone, deps.clock.now())) throw reconciliationProblem('day-not-over');
  const begin = startOfDay(fromOn, timeZone);
  const end = startOfDay(addDays(toOn, 1), timeZone);
  const query = { operatorId, currency };
  const before = await deps.sandbox.listStatement({ ...query, from: new Date(0), to: begin });
  const moved = await deps.sandbox.listStatement({ ...query, from: begin, to: end });
  const sum = (lines: readonly StatementLine[]): Money =>
    Money.sum(
      lines.map(({ amount }) => amount),
      currency,
    );
  const opening = sum(before);
  const statement = {
    account: custodian?.accountReference ?? SANDBOX_ACCOUNT,
    currency,
    statementRef: `SBX-${toOn}-${currency}`,
    fromOn,
    toOn,
    opening,
    closing: opening.plus(sum(moved)),
    lines: moved.map((line, index) => lineOf(line, index + 1, timeZone)),
  };
  return {
    xml: writeCamt(statement, deps.clock.now()),
    name: `${statement.statementRef}.xml`,
  };
}

function lineOf(line: StatementLine, no: number, timeZone: string): BankLine {
  const { custodianRef, instructionId, amount, bookedAt, reference } = line;
  const refs = instructionId === undefined ? [custodianRef] : [custodianRef, instructionId];
  const bookedOn = dateIn(timeZone, bookedAt);
  return { no, bookedOn, amount, bankRef: custodianRef, refs, text: reference };
}

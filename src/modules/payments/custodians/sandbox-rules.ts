import { DAY_MS, HOUR_MS } from '../../../kernel/clock';
import type { HolderAnswer, Instruction, InstructionState, PayeeAccount } from '../custodian';

/**
 * How the sandbox bank behaves: by the last two digits of the amount's minor units, so that every
 * outcome can be had on purpose and none comes by surprise. What falls due under a debit mandate
 * is an amount that nobody chose: it goes by the last two digits of the payer's account instead.
 *
 * | ends in       | what happens                                                               |
 * | ------------- | -------------------------------------------------------------------------- |
 * | `13`          | rejected, after the usual delay                                            |
 * | `17`          | carried out, but only after three days                                     |
 * | `19`          | never carried out: lapses at the end of its validity                       |
 * | `23`          | carried out, but the first two answers are lost on the way                 |
 * | `29`          | carried out; what was drawn under a debit mandate is taken back two days   |
 * |               | later                                                                      |
 * | `31`          | what is drawn under a debit mandate is rejected, as for `13`               |
 * | anything else | carried out after the usual delay                                          |
 *
 * An account whose number ends in `13` is held in another name than the party's.
 */
export interface SandboxDelays {
  readonly collectMs: number;
  readonly payMs: number;
  readonly slowMs: number;
  readonly returnMs: number;
}

export const USUAL_DELAYS: SandboxDelays = {
  collectMs: HOUR_MS,
  payMs: 2 * HOUR_MS,
  slowMs: 3 * DAY_MS,
  returnMs: 2 * DAY_MS,
};

/** How many answers about an ending of 23 are lost. */
export const LOST_ANSWERS = 2;

export type Verdict = 'execute' | 'reject' | 'ignore';

/** What the bank makes of an instruction, settled when it first hears of it. */
export interface SandboxPlan {
  readonly verdict: Verdict;
  readonly executesAt: Date | undefined;
  readonly reasonCode: string | undefined;
  /** When the payer's bank will take a debit back. */
  readonly returnsAt: Date | undefined;
}

export function planOf(
  instruction: Instruction,
  heardAt: Date,
  delays: SandboxDelays,
): SandboxPlan {
  const ending = endingOf(instruction);
  const executesAt = executionOf(instruction, heardAt, delays);
  const plan = { executesAt, reasonCode: undefined, returnsAt: undefined };
  if (ending === '19') return { ...plan, verdict: 'ignore', executesAt: undefined };
  if (ending === '13' || (instruction.payer && ending === '31')) {
    const reasonCode = instruction.kind === 'collect' ? 'payer-has-no-funds' : 'account-closed';
    return { ...plan, verdict: 'reject', reasonCode };
  }
  if (!instruction.payer || ending !== '29') return { ...plan, verdict: 'execute' };
  const returnsAt = new Date(executesAt.getTime() + delays.returnMs);
  return { ...plan, verdict: 'execute', returnsAt };
}

function executionOf(instruction: Instruction, heardAt: Date, delays: SandboxDelays): Date {
  const { kind, notBefore = heardAt } = instruction;
  const usualMs = kind === 'collect' ? delays.collectMs : delays.payMs;
  const begins = Math.max(heardAt.getTime(), notBefore.getTime());
  return new Date(begins + (endingOf(instruction) === '17' ? delays.slowMs : usualMs));
}

/** What the bank goes by: two characters. */
function endingOf({ payer, amount }: Pick<Instruction, 'payer' | 'amount'>): string {
  return payer ? payer.account.slice(-2) : (amount.minor % 100n).toString().padStart(2, '0');
}

/** An instruction as the bank keeps it. */
export interface SandboxRecord extends SandboxPlan {
  readonly instructionId: string;
  readonly state: InstructionState['state'];
  readonly validUntil: Date | undefined;
  readonly executedAt: Date | undefined;
}

/** The record as time has made it: everything a bank does by itself happens here. */
export function settled(record: SandboxRecord, now: Date): SandboxRecord {
  if (record.state !== 'pending') return record;
  const { verdict, executesAt, validUntil } = record;
  const isInTime = executesAt !== undefined && (!validUntil || executesAt < validUntil);
  if (isInTime && executesAt <= now) {
    return verdict === 'reject'
      ? { ...record, state: 'rejected' }
      : { ...record, state: 'executed', executedAt: executesAt };
  }
  if (validUntil && validUntil <= now) return { ...record, state: 'lapsed' };
  return record;
}

/** What the bank answers about the record. */
export function answerOf(record: SandboxRecord, now: Date): InstructionState {
  switch (record.state) {
    case 'executed':
      return {
        state: 'executed',
        custodianRef: custodianRefOf(record.instructionId),
        executedAt: record.executedAt ?? now,
      };
    case 'rejected':
      return { state: 'rejected', reasonCode: record.reasonCode ?? 'unspecified' };
    case 'lapsed':
      return { state: 'lapsed' };
    case 'pending':
      return { state: 'pending', askAgainAt: record.executesAt ?? record.validUntil ?? now };
  }
}

/** The bank's own number for what it carried out. */
export function custodianRefOf(instructionId: string): string {
  return `SBX-${instructionId}`;
}

export function holderAnswer({ account }: PayeeAccount): HolderAnswer {
  return account.endsWith('13')
    ? { answer: 'mismatch', reasonCode: 'held-in-another-name' }
    : { answer: 'match' };
}

/** Whether the answer to the `asked`-th question about the instruction gets lost. */
export function isAnswerLost(
  instruction: Pick<Instruction, 'payer' | 'amount'>,
  asked: number,
): boolean {
  return endingOf(instruction) === '23' && asked <= LOST_ANSWERS;
}

/** Why every debit that the bank takes back is taken back. */
export const RETURN_REASON = 'refused-by-payer';

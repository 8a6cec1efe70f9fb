import { Money, type MoneyWire } from '../../kernel/money';
import { loanProblem } from './errors';

/** What may be done about a loan in arrears, by one person who proposes and another who agrees. */
export type MeasureOrder =
  /** Costs of collection that the operator laid out, with the receipt's SHA-256. */
  | {
      readonly kind: 'costs';
      readonly amount: Money;
      readonly what: string;
      readonly receiptSha256: string;
    }
  /** A charge, or part of it, is given up. */
  | { readonly kind: 'waiver'; readonly chargeNo: number; readonly amount: Money }
  /** The borrower is unlikely to pay, whatever the days past due. */
  | { readonly kind: 'default' }
  /** It is likely to pay again. */
  | { readonly kind: 'cure' }
  /** Little is expected any more: all is due at once, and recoveries are divided as they come. */
  | { readonly kind: 'write-off' }
  /** Nothing is expected any more. */
  | { readonly kind: 'give-up' };

export type MeasureKind = MeasureOrder['kind'];

export const MEASURE_KINDS = [
  'costs',
  'waiver',
  'default',
  'cure',
  'write-off',
  'give-up',
] as const satisfies readonly MeasureKind[];

export const MEASURE_STATUSES = ['proposed', 'carried-out', 'declined'] as const;

export interface Measure {
  /** 1, 2, 3... within the loan. */
  readonly no: number;
  readonly order: MeasureOrder;
  readonly reason: string;
  readonly status: (typeof MEASURE_STATUSES)[number];
  readonly proposedAt: Date;
  readonly proposedBy: string;
  /** Absent where the policy lets one person decide. */
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
}

/** @throws Problem `loans.measure-decided`. */
export function requireProposed({ status }: Measure): void {
  if (status !== 'proposed') throw loanProblem('measure-decided', { detail: `It is ${status}.` });
}

/** What an order is about, as it is stored and shown: without its kind. */
export interface MeasureDetails {
  readonly amount?: MoneyWire | undefined;
  readonly what?: string | undefined;
  readonly receiptSha256?: string | undefined;
  readonly chargeNo?: number | undefined;
}

export function detailsOf(order: MeasureOrder): MeasureDetails {
  switch (order.kind) {
    case 'costs':
      return {
        amount: order.amount.toWire(),
        what: order.what,
        receiptSha256: order.receiptSha256,
      };
    case 'waiver':
      return { chargeNo: order.chargeNo, amount: order.amount.toWire() };
    default:
      return {};
  }
}

/** The order as it was stored. */
export function orderOf(kind: MeasureKind, details: MeasureDetails): MeasureOrder {
  const { amount, what = '', receiptSha256 = '', chargeNo = 0 } = details;
  if (kind === 'costs' && amount) {
    return { kind, amount: Money.fromWire(amount), what, receiptSha256 };
  }
  if (kind === 'waiver' && amount) return { kind, chargeNo, amount: Money.fromWire(amount) };
  if (kind === 'costs' || kind === 'waiver') throw new Error(`a ${kind} has an amount`);
  return { kind };
}

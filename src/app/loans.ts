import { join } from 'node:path';
import { startOfDay, type CalendarDate } from '../kernel/calendar-date';
import type { Rate } from '../kernel/rate';
import type { CapsService } from '../modules/caps';
import type { HoldingsService } from '../modules/holdings';
import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import {
  ArrearsDesk,
  ClawbackService,
  ContactService,
  DefaultService,
  EarlyRepayment,
  EveningClose,
  LoanArrivals,
  LoanCancellation,
  LoanDebits,
  LoanDisbursals,
  LoanOrigination,
  LoanService,
  loadServicingPolicies,
  NoteService,
  PaymentReversal,
  PaymentRun,
  PaymentService,
  PromiseService,
  RenewalService,
  RestructuringService,
  WriteOffService,
  type ArrearsDeskDeps,
  type RenewalCaps,
  type RestructuringDeps,
  type WriteOffDeps,
} from '../modules/loans';
import type { OfferingService } from '../modules/offerings';
import { costCeiling, type Rulebooks } from '../modules/rulebooks';
import type { ClosingService } from '../modules/subscriptions';
import type { StoredPartyFiles } from './party-files';
import type { ReturnHandler } from '../modules/payments';
import type { Tx } from '../platform/db';
import { composeDispatch, type Payments } from './payments';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowLoans extends Payments {
  readonly ledger: LedgerService;
  readonly rulebooks: Rulebooks;
  readonly caps: CapsService;
  readonly directory: OperatorDirectory;
  readonly files: StoredPartyFiles;
  readonly holdings: HoldingsService;
  readonly offerings: OfferingService;
  readonly closings: ClosingService;
  readonly renewalCaps: RenewalCaps;
}

/** What lives on after a raise: loans, and whoever takes back what they passed on. */
export function composeServicing(platform: Platform, below: BelowLoans) {
  const loans = composeLoans(platform, below);
  return {
    ...loans,
    ...composeDispatch(platform, {
      ...below,
      returnHandler: returnHandlerOf(loans.loanReversals),
    }),
  };
}

/** What a borrower paid was passed on to lenders; what others paid in lies where it was booked. */
function returnHandlerOf(reversals: PaymentReversal): ReturnHandler<Tx> {
  return {
    bringBack: async (tx, { owner, amount }) => {
      if (owner.kind !== 'loan') return;
      await reversals.bringBack(tx, { loanId: owner.id, amount, reason: 'bounced' });
    },
  };
}

function composeLoans(platform: Platform, below: BelowLoans) {
  const servicingPolicies = loadServicingPolicies(join(COMPLIANCE, 'servicing-policies'));
  const timeZoneOf = (operatorId: number) => below.directory.get(operatorId).timeZone;
  const shared = { ...platform, ...below, servicingPolicies, timeZoneOf };
  const lateFeeCeiling = (operatorId: number, agreedOn: CalendarDate): Rate | undefined => {
    const { rulebookId, timeZone } = below.directory.get(operatorId);
    const at = startOfDay(agreedOn, timeZone);
    return costCeiling(below.rulebooks.get(rulebookId), { at })?.enforceable;
  };
  const payable = { ...shared, lateFeeCeiling, paymentRun: new PaymentRun(shared) };
  const deps = { ...payable, renewals: new RenewalService(payable) };
  return {
    ...composeDesk(deps),
    servicingPolicies,
    timeZoneOf,
    loanPayments: new PaymentService(deps),
    loanArrivals: new LoanArrivals(deps),
    loanDebits: new LoanDebits(deps),
    loanEarlyRepayments: new EarlyRepayment(deps),
    loanReversals: new PaymentReversal(deps),
    clawbacks: new ClawbackService(deps),
    eveningClose: new EveningClose({ ...deps, transactions: platform.database }),
    loans: new LoanService(deps),
    loanOrigination: new LoanOrigination(deps),
    loanDisbursals: new LoanDisbursals(deps),
    loanCancellation: new LoanCancellation(deps),
    loanNotes: new NoteService(deps),
  };
}

/** Who works on loans in arrears. */
function composeDesk(
  deps: RestructuringDeps & WriteOffDeps & Pick<ArrearsDeskDeps, 'lateFeeCeiling'>,
) {
  const loanDefaults = new DefaultService(deps);
  const loanWriteOffs = new WriteOffService(deps);
  return {
    loanContacts: new ContactService(deps),
    loanPromises: new PromiseService(deps),
    loanRestructurings: new RestructuringService(deps),
    loanDefaults,
    loanWriteOffs,
    arrearsDesk: new ArrearsDesk({ ...deps, defaults: loanDefaults, writeOffs: loanWriteOffs }),
  };
}

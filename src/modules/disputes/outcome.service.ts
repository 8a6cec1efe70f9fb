import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { Payload } from '../../platform/outbox';
import { investorCashAccount, issuerProceedsAccount, type AccountSpec } from '../ledger';
import {
  otherSide,
  requireOpen,
  requireStep,
  type Complaint,
  type DisputeParty,
  type Outcome,
} from './complaint';
import { disputeProblem } from './errors';
import {
  awardEntry,
  decided,
  requireCovered,
  type DisputeHold,
  type OutcomeProposal,
} from './outcome';
import { insertHold, listHolds, OutcomeStore, updateHold } from './outcome.store';
import type { DisputeDeps } from './ports';
import { ComplaintStore, finishDeadlines } from './store';
import { DUTIES } from './policy';

export interface OutcomeDraft {
  readonly outcome: Outcome;
  readonly grounds: string;
  readonly award?: Money | undefined;
}

/**
 * How a dispute ends, and the money that is held until it does. Money moves with an outcome that two
 * people stand for, out of the hold, or not at all.
 */
export class DisputeOutcomes {
  private readonly complaints: ComplaintStore;
  private readonly outcomes: OutcomeStore;

  constructor(
    private readonly deps: Pick<DisputeDeps, 'clock' | 'audit' | 'outbox' | 'cipher' | 'ledger'>,
  ) {
    this.complaints = new ComplaintStore(deps.cipher);
    this.outcomes = new OutcomeStore(deps.cipher);
  }

  async proposals(db: Db, id: Id<'cpl'>): Promise<readonly OutcomeProposal[]> {
    return this.outcomes.list(db, id);
  }

  async holds(db: Db, id: Id<'cpl'>): Promise<readonly DisputeHold[]> {
    return listHolds(db, id);
  }

  /**
   * Holds what is in dispute of one side's own cash, for the other side. Not while an outcome waits:
   * whoever decides must find the money that was proposed about.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.outcome-proposed`,
   *   `disputes.no-other-side`, `disputes.hold-placed`, `ledger.account-not-found`,
   *   `ledger.insufficient-funds`.
   */
  async hold(
    tx: Tx,
    id: Id<'cpl'>,
    { side, amount }: { readonly side: DisputeHold['side']; readonly amount: Money },
  ): Promise<DisputeHold> {
    const { ledger, clock } = this.deps;
    const complaint = await this.complaints.lock(tx, id);
    requireOpen(complaint);
    await this.requireNoneWaiting(tx, id);
    const party = partyOf(complaint, side);
    partyOf(complaint, otherSide(side));
    const earlier = await listHolds(tx, id);
    if (earlier.some(isPlaced)) throw disputeProblem('hold-placed');
    const { accountNo } = await ledger.getAccount(tx, cashOf(party, amount.currency));
    const holdNo = await ledger.placeHold(tx, { accountNo, amount, purpose: 'dispute' });
    const hold: DisputeHold = {
      complaintId: id,
      no: earlier.length + 1,
      side,
      holdNo,
      accountNo,
      amount,
      status: 'placed',
      placedBy: tx.scope.actor.id,
      placedAt: clock.now(),
    };
    await insertHold(tx, hold);
    await this.announce(tx, id, {
      step: 'hold-placed',
      details: { side, amount: amount.toString() },
    });
    return hold;
  }

  /** Gives held cash back before the dispute ends. @throws Problem `disputes.no-hold`. */
  async release(tx: Tx, id: Id<'cpl'>, reason: string): Promise<void> {
    await this.complaints.lock(tx, id);
    const hold = await this.placed(tx, id);
    if (!hold) throw disputeProblem('no-hold');
    await this.giveBack(tx, hold);
    await this.announce(tx, id, { step: 'hold-released', details: { reason } });
  }

  /**
   * Proposes how the dispute ends; it does when somebody else confirms it.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.outcome-proposed`, `disputes.no-hold`,
   *   `disputes.award-out-of-range`, `disputes.award-contradicts`.
   */
  async propose(tx: Tx, id: Id<'cpl'>, draft: OutcomeDraft): Promise<OutcomeProposal> {
    const complaint = await this.complaints.lock(tx, id);
    requireStep(complaint, 'conclude');
    const earlier = await this.requireNoneWaiting(tx, id);
    requireCovered(draft, await this.placed(tx, id));
    const proposal: OutcomeProposal = {
      ...draft,
      complaintId: id,
      no: earlier.length + 1,
      proposedBy: tx.scope.actor.id,
      proposedAt: this.deps.clock.now(),
    };
    await this.outcomes.insert(tx, proposal);
    const details = { outcome: draft.outcome, award: draft.award?.toString() ?? null };
    await this.announce(tx, id, { step: 'outcome-proposed', details });
    return proposal;
  }

  /**
   * Confirms the proposal, which ends the dispute and settles what is held, or refuses it.
   *
   * @throws Problem `disputes.outcome-not-proposed`, `disputes.four-eyes`,
   *   `disputes.complaint-status`, `disputes.no-hold`, and those of the ledger.
   */
  async decide(tx: Tx, id: Id<'cpl'>, verdict: 'confirmed' | 'refused'): Promise<OutcomeProposal> {
    const complaint = await this.complaints.lock(tx, id);
    const open = (await this.outcomes.list(tx, id)).find(isUndecided);
    if (!open) throw disputeProblem('outcome-not-proposed');
    const by = tx.scope.actor.id;
    const proposal = decided(open, { verdict, by, at: this.deps.clock.now() });
    await this.outcomes.decide(tx, proposal);
    if (verdict === 'refused') {
      await this.announce(tx, id, { step: 'outcome-refused', details: { no: proposal.no } });
      return proposal;
    }
    requireStep(complaint, 'conclude');
    await this.settle(tx, complaint, proposal);
    await this.end(tx, { ...complaint, status: proposal.outcome });
    return proposal;
  }

  /**
   * The complainant lets the matter rest: what was held of the other side is free again.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.held-for-respondent`.
   */
  async withdraw(tx: Tx, id: Id<'cpl'>, note: string): Promise<Complaint> {
    const complaint = await this.complaints.lock(tx, id);
    requireStep(complaint, 'withdraw');
    const hold = await this.placed(tx, id);
    if (hold?.side === 'complainant') throw disputeProblem('held-for-respondent');
    if (hold) await this.giveBack(tx, hold);
    return this.end(tx, { ...complaint, status: 'withdrawn' }, note);
  }

  private async requireNoneWaiting(tx: Tx, id: Id<'cpl'>): Promise<readonly OutcomeProposal[]> {
    const earlier = await this.outcomes.list(tx, id);
    if (earlier.some(isUndecided)) throw disputeProblem('outcome-proposed');
    return earlier;
  }

  private async settle(tx: Tx, complaint: Complaint, proposal: OutcomeProposal): Promise<void> {
    const hold = await this.placed(tx, complaint.id);
    // It may have been released since the proposal was made.
    requireCovered(proposal, hold);
    if (!hold) return;
    const { award } = proposal;
    if (award === undefined) return this.giveBack(tx, hold);
    const { ledger, clock } = this.deps;
    const to = partyOf(complaint, otherSide(hold.side));
    const spec = cashOf(to, award.currency);
    const entry = awardEntry(hold, {
      award,
      to: await ledger.ensureAccount(tx, spec),
      at: clock.now(),
    });
    const [entryNo] = await ledger.captureHolds(tx, [
      { holdNo: hold.holdNo, captured: award, entry },
    ]);
    await updateHold(tx, {
      ...hold,
      status: 'captured',
      captured: award,
      entryNo: must(entryNo, 'the entry of the award'),
      endedAt: clock.now(),
    });
  }

  private async giveBack(tx: Tx, hold: DisputeHold): Promise<void> {
    await this.deps.ledger.releaseHolds(tx, [hold.holdNo]);
    await updateHold(tx, { ...hold, status: 'released', endedAt: this.deps.clock.now() });
  }

  private async end(tx: Tx, open: Complaint, note?: string): Promise<Complaint> {
    const at = this.deps.clock.now();
    const complaint: Complaint = { ...open, endedAt: at };
    await this.complaints.update(tx, complaint);
    await finishDeadlines(tx, complaint.id, { duties: DUTIES, at });
    await this.complaints.insertStep(tx, complaint, { note, at });
    const { id, status, channel, respondent, complainant } = complaint;
    const details = { outcome: status, channel, complainant: complainant.id };
    await this.announce(tx, id, {
      step: 'ended',
      details: { ...details, respondent: respondent?.id ?? null },
    });
    return complaint;
  }

  private async placed(db: Db, id: Id<'cpl'>): Promise<DisputeHold | undefined> {
    return (await listHolds(db, id)).find(isPlaced);
  }

  private async announce(
    tx: Tx,
    subject: Id<'cpl'>,
    { step, details }: { readonly step: string; readonly details: Payload },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    await audit.record(tx, { action: `dispute.${step}`, subject, details });
    await outbox.publish(tx, { type: `dispute.${step}`, subject, payload: details });
  }
}

function partyOf(complaint: Complaint, side: DisputeHold['side']): DisputeParty {
  const party = complaint[side];
  if (!party) throw disputeProblem('no-other-side');
  return party;
}

/** A party's own cash with the operator: what an investor paid in, what an issuer raised. */
function cashOf(party: DisputeParty, currency: Currency): AccountSpec {
  return party.kind === 'investor'
    ? investorCashAccount(party.id, currency)
    : issuerProceedsAccount(party.id, currency);
}

function isPlaced({ status }: DisputeHold): boolean {
  return status === 'placed';
}

function isUndecided({ verdict }: OutcomeProposal): boolean {
  return verdict === undefined;
}
